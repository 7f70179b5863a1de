"""How a company's service reports look: read, checked, saved; and the number that a report carries."""

import re
from datetime import datetime, tzinfo
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.administrators import lock_company
from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import require
from insights_portal.lib.text import show_controls
from summaries.domain.reports.logos import prepare_logo
from summaries.models import ReportLayout, SupportSession

SECTIONS = (
    "shows_open_points",
    "shows_applications",
    "shows_commands",
    "shows_evidence",
    "shows_notes",
    "shows_signatures",
)
#: What the page saves at once. The logo is stored by a step of its own; the notice on AI can't be switched off.
LAYOUT = ("letterhead", "logo_text", "accent", "footer", "number_format", "paper", *SECTIONS)
BILLING = ("billing_step_minutes", "billing_rounding", "billing_minimum_minutes")
#: These may hold an address or a person's name, which could not be taken out of the audit log again.
IN_FREE_WORDS = ("letterhead", "logo_text", "footer")
MAX_LETTERHEAD_LINES = 6
MAX_STEP, MAX_MINIMUM = 240, 480
#: What a number's wording may name, and what each stands for.
NUMBER_PLACES = ("session", "number", "year", "month")
_PLACE = re.compile(r"\{([^{}]*)\}")


class UnableToSaveLayout(Exception):
    """Nothing was saved. *field* is the field of the form that the sentence is about, or ""."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def number_of(wording: str, *, session: SupportSession, zone: tzinfo) -> str:
    """The report's number: *wording* with its places filled, the day taken from the session's end in *zone*."""
    day = (session.ended_at or session.started_at).astimezone(zone)
    values = {
        "session": session.label,
        "number": str(session.number),
        "year": f"{day:%Y}",
        "month": f"{day:%m}",
    }
    return show_controls(_PLACE.sub(lambda place: values.get(place[1], place[0]), wording))


def layout_of(*, company: Company, with_logo: bool = True) -> ReportLayout:
    """What the company saved, or an unsaved layout as every company begins with."""
    rows = ReportLayout.objects.filter(company=company)
    found = (rows if with_logo else rows.defer("logo")).first()
    return found or ReportLayout(company=company)


def check_layout(*, values: dict[str, Any]) -> None:
    """Raise UnableToSaveLayout for what would make no report. Choices and lengths are the form's to check."""
    if len(values["letterhead"].splitlines()) > MAX_LETTERHEAD_LINES:
        raise UnableToSaveLayout(
            _("A letterhead has %(count)s lines at most. Put more on one line.") % {"count": MAX_LETTERHEAD_LINES},
            field="letterhead",
        )
    wording = values["number_format"]
    unknown = [place for place in _PLACE.findall(wording) if place not in NUMBER_PLACES]
    if unknown or set("{}") & set(_PLACE.sub("", wording)):
        raise UnableToSaveLayout(
            _("Use {session}, {number}, {year} and {month} only, for example SR-{year}-{number}."),
            field="number_format",
        )
    if not {"session", "number"} & set(_PLACE.findall(wording)):
        raise UnableToSaveLayout(
            _("Name {session} or {number}, so that no two reports have the same number."), field="number_format"
        )


@transaction.atomic
def save_layout(*, company: Company, values: dict[str, Any], version: int, actor: User, at: datetime) -> ReportLayout:
    """Store LAYOUT and, on the company, BILLING, and say in the audit log what changed.

    *version* is that of the layout that the member saw. Raises PermissionMissing, UnableToSaveLayout.
    """
    require(actor, Permission.MANAGE_COMPANY, company.pk)
    check_layout(values=values)
    layout, stored = _locked(company=company, version=version)
    details: dict[str, Any] = {}
    for row, names in ((layout, LAYOUT), (stored, BILLING)):
        for name in names:
            before, after = getattr(row, name), values[name]
            if before != after:
                details[name] = "changed" if name in IN_FREE_WORDS else {"before": before, "after": after}
                setattr(row, name, after)
    if details:
        stored.save(update_fields=BILLING)
        _store(layout, actor=actor, at=at, details=details)
    return layout


def store_logo(*, company: Company, upload: bytes, version: int, actor: User, at: datetime) -> ReportLayout:
    """Put the picture of *upload* (a PNG or JPEG) into the letterhead.

    Raises PermissionMissing, UnableToUseLogo, UnableToSaveLayout.
    """
    require(actor, Permission.MANAGE_COMPANY, company.pk)
    # Outside the transaction: unpacking a picture takes a while, and nobody else could write meanwhile.
    logo = prepare_logo(upload)
    with transaction.atomic():
        layout, _company = _locked(company=company, version=version)
        layout.logo = logo
        _store(layout, actor=actor, at=at, details={"logo": "changed"})
    return layout


@transaction.atomic
def remove_logo(*, company: Company, version: int, actor: User, at: datetime) -> ReportLayout:
    """Raises PermissionMissing, UnableToSaveLayout."""
    require(actor, Permission.MANAGE_COMPANY, company.pk)
    layout, _company = _locked(company=company, version=version)
    if layout.logo:
        layout.logo = b""
        _store(layout, actor=actor, at=at, details={"logo": "removed"})
    return layout


def _locked(*, company: Company, version: int) -> tuple[ReportLayout, Company]:
    lock_company(company=company)
    layout = layout_of(company=company)
    if layout.version != version:
        raise UnableToSaveLayout(
            _(
                "Someone else changed the layout while this page was open. Nothing of yours was saved. "
                "Check your entries and save again to replace theirs."
            )
        )
    return layout, Company.objects.get(pk=company.pk)


def _store(layout: ReportLayout, *, actor: User, at: datetime, details: dict[str, Any]) -> None:
    layout.version += 1
    layout.changed_at = at
    layout.save()
    audit.record(
        company=layout.company, actor=actor, action="report_layout.changed", at=at, target=layout, details=details
    )
