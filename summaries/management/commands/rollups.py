import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.models import Company
from summaries.domain.rollups import counting, verification


class Command(BaseCommand):
    help = "Checks the sums that the overview reads, or counts them anew. Exits with 1 when they are wrong."

    def add_arguments(self, parser: Any) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--verify", action="store_true", help="compare all sums with the sessions")
        what.add_argument("--rebuild", action="store_true", help="count all sessions anew; meanwhile pages count them")
        parser.add_argument("--company", metavar="SLUG", help="one company; without it, all of them")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        work = self._rebuild if options["rebuild"] else self._verify
        found = []
        for company in _companies(options["company"]):
            # next_session_number is about the number of sessions; a deleted one keeps its own.
            with tqdm(total=company.next_session_number - 1, desc=company.slug, unit=" sessions", disable=None) as bar:
                found.append({"company": company.slug, **work(company, bar)})
        wrong = [each for each in found if each.get("sessions") or each.get("sums")]
        if options["json"]:
            self.stdout.write(json.dumps(found))
        else:
            for each in found:
                self.stdout.write(_sentence(each))
        if wrong:
            names = ", ".join(str(each["company"]) for each in wrong)
            raise CommandError(f"Wrong sums: {names}. Run it with --rebuild.")

    def _verify(self, company: Company, bar: Any) -> dict[str, Any]:
        found = verification.Finding()
        is_counted = False
        for finding in verification.verify(company=company):
            is_counted = True
            found = found.plus(finding)
            bar.update(finding.looked_at)
        return {
            "is_counted": is_counted or verification.is_counted(company),
            "looked_at": found.looked_at,
            "sessions": found.sessions,
            "sums": found.sums,
        }

    def _rebuild(self, company: Company, bar: Any) -> dict[str, Any]:
        counting.begin_anew(company=company)
        while counting.count_on(company=company):
            bar.update(counting.batch())
        while counting.count_changes(company_id=company.pk):
            pass
        return {"is_counted": verification.is_counted(company)}


def _companies(slug: str | None) -> list[Company]:
    found = verification.companies(slug=slug or "")
    if slug and not found:
        raise CommandError(f"There is no company “{slug}”.")
    return found


def _sentence(found: dict[str, Any]) -> str:
    if not found["is_counted"]:
        return f"{found['company']}: being counted; until that is done pages count the sessions themselves."
    if "looked_at" not in found:
        return f"{found['company']}: counted anew."
    if found["sessions"] or found["sums"]:
        return (
            f"{found['company']}: {found['sessions']:,} of {found['looked_at']:,} sessions are counted wrongly, "
            f"{found['sums']:,} sums do not add up."
        )
    return f"{found['company']}: {found['looked_at']:,} sessions are counted right."
