import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.domain.queries import company_by_slug
from accounts.models import Company
from summaries.domain.backlog import orders, reading
from summaries.domain.reading.filters import SessionFilters
from summaries.models import Backlog

CHANGES = {"pause": orders.pause_backlog, "resume": orders.resume_backlog, "cancel": orders.cancel_backlog}


class Command(BaseCommand):
    help = (
        "Summarise a company's sessions that have no summary, in batches: order it, follow it, pause, resume, cancel."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", required=True, help="The company's short name (slug).")
        parser.add_argument("--since", default="", metavar="DAY", help="First day, as 2026-01-31; from the beginning.")
        parser.add_argument("--until", default="", metavar="DAY", help="Last day; up to now.")
        doing = parser.add_mutually_exclusive_group()
        doing.add_argument("--start", action="store_true", help="Order it. Without this it is only counted.")
        doing.add_argument("--pause", action="store_true", help="The company's newest backlog.")
        doing.add_argument("--resume", action="store_true")
        doing.add_argument("--cancel", action="store_true")
        doing.add_argument("--status", action="store_true", help="How far the newest one is.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *_args: Any, **options: Any) -> None:
        company = company_by_slug(options["company"])
        if company is None:
            raise CommandError(f"There is no company “{options['company']}”.")
        try:
            told = self._do(company, options)
        except (orders.UnableToOrder, orders.UnableToChange) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps(told) if options["json"] else _sentence(told))

    def _do(self, company: Company, options: dict[str, Any]) -> dict[str, Any]:
        wished = next((name for name in CHANGES if options[name]), "")
        if wished or options["status"]:
            backlog = reading.last_of_operator(company=company)
            if backlog is None:
                raise CommandError("This company has no backlog. Order one with --start.")
            if wished:
                CHANGES[wished](backlog=backlog, actor=None, at=timezone.now())
                backlog.refresh_from_db()
            return _status(backlog)
        filters = _filters(options)
        if options["start"]:
            return _status(orders.order_backlog(company=company, actor=None, filters=filters, at=timezone.now()))
        preview = orders.preview_backlog(company=company, actor=None, filters=filters, at=timezone.now())
        return {"sessions": preview.sessions, "credits": preview.credits, "available": preview.available}


def _filters(options: dict[str, Any]) -> SessionFilters:
    for name in ("since", "until"):
        try:
            _ = options[name] and date.fromisoformat(options[name])
        except ValueError:
            raise CommandError(f"--{name} takes a day such as 2026-01-31, not “{options[name]}”.") from None
    return SessionFilters(since=options["since"], until=options["until"], period="all")


def _status(backlog: Backlog) -> dict[str, Any]:
    (progress,) = reading.with_counts([backlog])
    return {
        "backlog": str(backlog.public_id),
        "state": backlog.state,
        "reason": backlog.reason,
        "total": backlog.total,
        "waiting": progress.waiting,
        "at_provider": progress.at_provider,
        "in_line": progress.in_line,
        "written": progress.written,
        "failed": progress.failed,
        "skipped": progress.skipped,
    }


def _sentence(told: dict[str, Any]) -> str:
    if "state" not in told:
        left = "never run out" if told["available"] is None else f"{told['available']:,} available"
        return f"{told['sessions']:,} sessions, {told['credits']:,} credits; {left}. Order it with --start."
    reason = f" {told['reason']}" if told["reason"] else ""
    return (
        f"{told['state'].capitalize()}: {told['written']:,} of {told['total']:,} sessions written, "
        f"{told['waiting']:,} waiting, {told['at_provider']:,} in a batch, {told['in_line']:,} in the ordinary line, "
        f"{told['failed']:,} failed, {told['skipped']:,} skipped.{reason}"
    )
