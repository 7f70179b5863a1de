from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.domain import queries
from accounts.domain.tokens import UnableToIssueToken, issue_token
from accounts.enums import ApiScope
from accounts.models import Company, Membership
from accounts.tenancy import PermissionMissing


class Command(BaseCommand):
    help = "Issue an API token for a member and print it. It is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", required=True, help="the company's slug")
        parser.add_argument("--member", required=True, help="e-mail address of the member the token acts for")
        parser.add_argument(
            "--issuer",
            help="e-mail address of the member who issues it, with “Manage integrations” (default: the member)",
        )
        parser.add_argument("--name", default="Command line", help="tells the token from others")
        parser.add_argument(
            "--scope", action="append", choices=ApiScope.values, help="may be repeated (default: all scopes)"
        )
        parser.add_argument("--days", type=int, default=90, help="days until it expires (default: 90)")

    def handle(self, *_args: Any, **options: Any) -> None:
        company = queries.company_by_slug(options["company"])
        if company is None:
            raise CommandError(f"There is no company “{options['company']}”.")
        now = timezone.now()
        try:
            _, plain = issue_token(
                membership=_member(company, options["member"]),
                name=options["name"],
                scopes=options["scope"] or ApiScope.values,
                expires_at=now + timedelta(days=options["days"]),
                actor=_member(company, options["issuer"] or options["member"]).user,
                at=now,
            )
        except (UnableToIssueToken, PermissionMissing) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(plain)


def _member(company: Company, email: str) -> Membership:
    member = queries.member_by_email(company=company, email=email)
    if member is None:
        raise CommandError(f"{company} has no active member {email}.")
    return member
