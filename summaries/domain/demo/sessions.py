"""What the demo puts in: two companies with members of every role, and real recordings through the real import."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.domain.ai_settings import activate
from accounts.domain.companies import create_company
from accounts.domain.members import add_member
from accounts.models import Company, User
from credits.domain.grants import adjust
from summaries.domain.imports.recordings import ImportOrder, ImportResult, import_recording
from summaries.enums import Direction, SummaryState
from summaries.models import Summary
from summaries.sources.base import RecordingFile

#: The demo listens on this machine alone; its password is printed, not hidden.
PASSWORD = "show-me-the-portal"  # noqa: S105


#: How long the companies have used the portal, and how soon after a session its recording came.
USED_FOR, IMPORTED_AFTER = timedelta(days=40), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DemoMember:
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class DemoCompany:
    name: str
    slug: str
    time_zone: str
    address: str
    members: tuple[DemoMember, ...]

    def email_of(self, name: str) -> str:
        return f"{name.lower()}@{self.slug}.example"


COMPANIES = (
    DemoCompany(
        "Northwind IT Services",
        "northwind",
        "Europe/Berlin",
        "Harbour Road 12 · 20457 Hamburg",
        (
            DemoMember("Alice", "Administrator"),
            DemoMember("Mona", "Support manager"),
            DemoMember("Bob", "Supporter"),
            DemoMember("Sofia", "Supporter"),
            DemoMember("Audrey", "Auditor"),
            DemoMember("Ingo", "Integrator"),
        ),
    ),
    DemoCompany(
        "Contoso Remote Help",
        "contoso",
        "America/New_York",
        "48 Mill Street · Boston, MA 02110",
        (
            DemoMember("Charlie", "Administrator"),
            DemoMember("Maya", "Support manager"),
            DemoMember("Sam", "Supporter"),
            DemoMember("Aaron", "Auditor"),
            DemoMember("Ines", "Integrator"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class DemoRecording:
    """A line of `recordings.json`: files of one recording, and what its importer knows of it."""

    files: tuple[str, ...]
    company: str
    supporter: str
    device: str
    customer: str
    direction: str
    consent: str
    ticket: str
    days_ago: float

    @property
    def name(self) -> str:
        return self.files[0]


def recordings(*, folder: Path) -> list[DemoRecording]:
    """Read `recordings.json` of the folder, the oldest session first. Raises OSError when it is not there."""
    rows: list[dict[str, Any]] = json.loads((folder / "recordings.json").read_text())
    found = [DemoRecording(**{**row, "files": tuple(row["files"])}) for row in rows]
    return sorted(found, key=lambda recording: -recording.days_ago)


@transaction.atomic
def ensure_company(*, plan: DemoCompany, at: datetime) -> Company:
    """The demo company, made with its members on the first run and found on every later one."""
    company = Company.objects.filter(slug=plan.slug).first()
    if company is not None:
        return company
    joined = at - USED_FOR
    company = create_company(
        name=plan.name,
        slug=plan.slug,
        plan="TENSOR",
        time_zone=plan.time_zone,
        address=plan.address,
        contact_email=f"support@{plan.slug}.example",
        at=joined,
    )
    administrators = [
        add_member(
            company=company,
            email=plan.email_of(member.name),
            name=member.name,
            role_names=[member.role],
            password=PASSWORD,
            at=joined,
        ).user
        for member in plan.members
    ]
    company.ai_settings.outgoing_enabled = True
    company.ai_settings.save(update_fields=["outgoing_enabled"])
    activate(ai_settings=company.ai_settings, actor=administrators[0], at=joined)
    adjust(company=company, amount=10, reason="Welcome to Session Insights", at=joined)
    return company


def first_company() -> Company:
    """The demo company that shows governance too."""
    return Company.objects.get(slug=COMPANIES[0].slug)


def import_one(*, recording: DemoRecording, folder: Path, at: datetime) -> ImportResult:
    """Import through the same door as everybody, as on the day itself: the last days have something to show."""
    plan = next(plan for plan in COMPANIES if plan.slug == recording.company)
    supporter = User.objects.get(email=plan.email_of(recording.supporter))
    began = _working_hour(at, recording.days_ago)
    with ExitStack() as stack:
        streams = [stack.enter_context((folder / name).open("rb")) for name in recording.files]
        order = ImportOrder(
            company=Company.objects.get(slug=plan.slug),
            recording=RecordingFile(streams[0], recording.name, companion=streams[1] if streams[1:] else None),
            supporter=supporter,
            consent_statement=recording.consent,
            actor=supporter,
            at=min(at, began + IMPORTED_AFTER),
            direction=Direction(recording.direction),
            device_name=recording.device,
            customer=recording.customer,
            ticket=recording.ticket,
            started_at=began,
        )
        return import_recording(order=order)


def _working_hour(at: datetime, days_ago: float) -> datetime:
    """So many whole days before *at*, at a time of day between 8 and 16 UTC that the fraction tells."""
    whole, fraction = divmod(days_ago, 1)
    day = at - timedelta(days=whole)
    return day.replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(hours=8 * fraction)


def queued_summaries() -> Iterator[tuple[int, datetime]]:
    """(id, when it is written) of summaries that wait for a worker, oldest first: a minute after it was asked for."""
    queued = Summary.objects.filter(state=SummaryState.QUEUED, company__slug__in=[plan.slug for plan in COMPANIES])
    for pk, requested_at in list(queued.order_by("requested_at", "pk").values_list("pk", "requested_at")):
        yield pk, requested_at + timedelta(minutes=1)


def clock_at(at: datetime) -> Callable[[], datetime]:
    """A clock that stands at *at*."""
    return lambda: at
