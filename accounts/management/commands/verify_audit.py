"""Checks that no entry of the audit log was changed, removed, put in or moved."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from accounts.domain.audit_verification import Head, MalformedHead, Verification, read_head, verify_chain
from accounts.domain.queries import all_companies, company_by_slug
from accounts.models import Company


class Command(BaseCommand):
    help = (
        "Check the audit log's chain of seals. Prints the head of each chain, SEQUENCE:DIGEST: note it outside this "
        "server, because cut-off newest entries are only missed against a noted head (--head)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", default="", metavar="SLUG", help="Only this company.")
        parser.add_argument(
            "--head", default="", metavar="SEQUENCE:DIGEST", help="A head noted before; with --company."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object per company.")

    def handle(self, *_args: Any, **options: Any) -> None:
        head = _head(options["head"], options["company"])
        found = [self._verify(company, head) for company in _companies(options["company"])]
        for each in found:
            self.stdout.write(json.dumps(_as_json(each)) if options["json"] else "\n".join(_as_lines(each)))
        if not all(each.is_whole for each in found):
            raise CommandError("The audit log is not whole; the places are named above.", returncode=1)

    def _verify(self, company: Company, head: Head | None) -> Verification:
        with tqdm(unit="entry", desc=company.slug, file=self.stderr, disable=None) as bar:
            return verify_chain(
                company=company, at=timezone.now(), head=head, on_progress=lambda checked: _advance(bar, checked)
            )


def _advance(bar: Any, checked: int) -> None:
    bar.update(checked)


def _head(text: str, slug: str) -> Head | None:
    if not text:
        return None
    if not slug:
        raise CommandError("A head belongs to one company: name it with --company SLUG.", returncode=1)
    try:
        return read_head(text)
    except MalformedHead as error:
        raise CommandError(str(error), returncode=1) from error


def _companies(slug: str) -> list[Company]:
    if not slug:
        return all_companies()
    company = company_by_slug(slug)
    if company is None:
        raise CommandError(f"There is no company “{slug}”. Give its short name, as in the settings.", returncode=1)
    return [company]


def _as_json(found: Verification) -> dict[str, Any]:
    return {
        "company": found.company,
        "whole": found.is_whole,
        "sealed": found.sealed,
        "waiting": found.waiting,
        "head": str(found.head) if found.head else None,
        "fault_count": found.fault_count,
        "faults": [asdict(fault) for fault in found.faults],
    }


def _as_lines(found: Verification) -> list[str]:
    waiting = f", {found.waiting:,} wait for their seal" if found.waiting else ""
    word = "whole" if found.is_whole else "NOT WHOLE"
    lines = [f"{found.company}: {word}. {found.sealed:,} entries sealed{waiting}."]
    lines += [f"  no. {fault.sequence or '–'}: {fault.problem}" for fault in found.faults]
    if found.fault_count > len(found.faults):
        lines.append(f"  and {found.fault_count - len(found.faults):,} more")
    if found.head:
        lines.append(f"  head {found.head}")
    return lines
