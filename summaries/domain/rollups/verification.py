"""Are the sums right? Compared with the rows that they were made of, a part at a time; what is wrong can be mended."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max, Min

from accounts.models import Company
from summaries.domain.rollups.contributions import Amounts, Key, contributions_of, counted_of
from summaries.domain.rollups.counting import add_to, begin_anew, by_month, count_changes, recount
from summaries.domain.rollups.days import Days, next_month
from summaries.models import CountedSession, RollupState, SessionChange, SessionRollup, SupportSession
from summaries.models.rollups import Grain

_BATCH = 2_000
#: Sessions looked at in a night.
SAMPLE = 1_000
Sums = dict[tuple[date, Key], Amounts]


@dataclass(frozen=True, slots=True)
class Finding:
    """*sessions* of *looked_at* are counted otherwise than they stand; *sums* do not add up."""

    looked_at: int = 0
    sessions: int = 0
    sums: int = 0

    def plus(self, other: "Finding") -> "Finding":
        return Finding(self.looked_at + other.looked_at, self.sessions + other.sessions, self.sums + other.sums)

    @property
    def is_right(self) -> bool:
        return not self.sessions and not self.sums


def companies(*, slug: str = "") -> list[Company]:
    """The one called *slug*, or all of them."""
    return list(Company.objects.filter(slug=slug) if slug else Company.objects.order_by("slug"))


def verify(*, company: Company) -> Iterator[Finding]:
    """Compare all sessions of *company* with what is counted of them, then that with the sums, in bounded steps.

    What changed and is not counted yet is counted first. Nothing is found of a company that is being counted anew.
    """
    if not is_counted(company):
        return
    while count_changes(company_id=company.pk):
        pass
    last = -1
    while session_ids := _following(company, last):
        yield Finding(len(session_ids), len(differing(company=company, session_ids=session_ids)))
        last = session_ids[-1]
    for first in _months(company):
        yield Finding(sums=_wrong_sums(company, first))


@transaction.atomic
def differing(*, company: Company, session_ids: list[int]) -> list[int]:
    """Which of *session_ids* are counted otherwise than they stand, but for those whose change is noted."""
    _lock(company)
    now = contributions_of(company_id=company.pk, session_ids=session_ids, zone=ZoneInfo(company.time_zone))
    counted = counted_of(CountedSession.objects.filter(company=company, pk__in=session_ids))
    # Last, so that it holds whatever changed before the others were read.
    noted = set(SessionChange.objects.filter(company=company).values_list("session_id", flat=True))
    return [pk for pk in session_ids if now.get(pk) != counted.get(pk) and pk not in noted]


def mend_some(*, at: datetime) -> list[tuple[int, Finding]]:
    """Look at other sessions of each company every day, and mend. [(company id, what was wrong)]."""
    found = [(company.pk, mend(company=company, turn=at.toordinal())) for company in Company.objects.order_by("pk")]
    return [(company_id, finding) for company_id, finding in found if not finding.is_right]


def mend(*, company: Company, turn: int = 0) -> Finding:
    """Mend some sessions, others with each *turn*; count anew where the sums of the newest month do not add up."""
    if not is_counted(company):
        return Finding()
    turns = company.next_session_number // SAMPLE + 1
    sessions = SupportSession.objects.filter(company=company, number__gte=turn % turns * SAMPLE).order_by("number")
    some = list(sessions.values_list("pk", flat=True)[:SAMPLE])
    wrong = recount(company_id=company.pk, session_ids=differing(company=company, session_ids=some))
    newest = CountedSession.objects.filter(company=company).aggregate(last=Max("day"))["last"]
    sums = _wrong_sums(company, newest.replace(day=1)) if newest else 0
    if sums:
        begin_anew(company=company)
    return Finding(len(some), wrong, sums)


def is_counted(company: Company) -> bool:
    """Whether the sums of *company* are read, or its sessions themselves for now."""
    return RollupState.objects.filter(company=company, is_complete=True, time_zone=company.time_zone).exists()


def _lock(company: Company) -> None:
    """Nobody changes the sums until the end of the transaction."""
    RollupState.objects.select_for_update().get(company=company)


def _following(company: Company, last: int) -> list[int]:
    """Sessions after *last*, and what is counted of such as are gone."""
    sessions = SupportSession.objects.filter(company=company, pk__gt=last).order_by("pk").values_list("pk", flat=True)
    counted = CountedSession.objects.filter(company=company, pk__gt=last).order_by("pk").values_list("pk", flat=True)
    return sorted({*sessions[:_BATCH], *counted[:_BATCH]})[:_BATCH]


def _months(company: Company) -> Iterator[date]:
    rows = SessionRollup.objects.filter(company=company).aggregate(first=Min("day"), last=Max("day"))
    counted = CountedSession.objects.filter(company=company).aggregate(first=Min("day"), last=Max("day"))
    first = min(filter(None, (rows["first"], counted["first"])), default=None)
    last = max(filter(None, (rows["last"], counted["last"])), default=None)
    month = first.replace(day=1) if first else None
    while month and last and month <= last:
        yield month
        month = next_month(month)


@transaction.atomic
def _wrong_sums(company: Company, month: date) -> int:
    """How many sums of the month differ from what is counted of its sessions."""
    _lock(company)
    within = Days(month, next_month(month))
    of_month = {"company": company, "day__gte": within.first, "day__lt": within.last}
    expected: Sums = defaultdict(Amounts)
    for contribution in counted_of(CountedSession.objects.filter(**of_month).iterator()).values():
        add_to(expected, contribution)
    wanted = {(int(Grain.DAY), *place): amounts for place, amounts in expected.items()}
    wanted |= {(int(Grain.MONTH), *place): amounts for place, amounts in by_month(expected).items()}
    rows = SessionRollup.objects.filter(**of_month).values_list("grain", "day", *Key._fields, *Amounts._fields)
    standing = {(grain, day, Key(*rest[:3])): Amounts(*rest[3:]) for grain, day, *rest in rows.iterator()}
    return sum(wanted.get(place) != standing.get(place) for place in wanted.keys() | standing.keys())
