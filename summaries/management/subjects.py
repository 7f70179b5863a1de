"""What the commands about a person's data share: how the person is named."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from accounts.domain.queries import company_by_slug
from summaries.domain.keeping.data_subjects import NoSuchSubject, Subject, SubjectKind, find, find_member_by_email


def add_subject_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--company", required=True, help="The company's short name (slug).")
    person = parser.add_mutually_exclusive_group(required=True)
    person.add_argument("--remote-user", metavar="NAME", help="The name as connection reports have it.")
    person.add_argument("--device", metavar="NAME")
    person.add_argument("--member", metavar="E-MAIL", help="Of a present or former member.")


def subject_or_error(options: dict[str, Any]) -> Subject:
    company = company_by_slug(options["company"])
    if company is None:
        raise CommandError(f"There is no company “{options['company']}”.")
    try:
        if options["member"]:
            return find_member_by_email(company=company, email=options["member"])
        if options["device"]:
            return find(company=company, kind=SubjectKind.DEVICE, key=options["device"], actor=None)
        return find(company=company, kind=SubjectKind.REMOTE_USER, key=options["remote_user"] or "", actor=None)
    except NoSuchSubject as nobody:
        raise CommandError(str(nobody)) from nobody
