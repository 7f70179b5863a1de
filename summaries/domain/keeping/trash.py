"""What lies in a company's trash, for those who could delete it: they may bring it back, or delete it for good."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Company, User
from accounts.tenancy import access_or_404
from summaries.domain.keeping.restoring import NotInTrash
from summaries.domain.reading.reach import reaches_in_trash
from summaries.enums import TrashedKind
from summaries.models import SupportSession, TrashedRecord
from summaries.models.keeping import DELETED_WITH, TRASHED_FROM
from summaries.models.reach import condition_in

PAGE_ROWS = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TrashPage:
    """Records, the last deleted first, and the key of the page after; empty: there is none."""

    records: list[TrashedRecord]
    older: str = ""


def records_of(*, company: Company, viewer: User) -> QuerySet[TrashedRecord]:
    """What *viewer* could delete of it, the last deleted first."""
    found = TrashedRecord.objects.visible_in(viewer, company)
    return found.select_related("session__supporter", "session__device", "deleted_by").order_by("-deleted_at", "-pk")


def page_of(records: QuerySet[TrashedRecord], *, before: str = "") -> TrashPage:
    """One page of *records*: those after the key *before*; a malformed key counts as none."""
    start = _read_key(before)
    if start is not None:
        records = records.filter(deleted_at__lte=start[0]).exclude(deleted_at=start[0], pk__gte=start[1])
    found = list(records[: PAGE_ROWS + 1])
    rows = found[:PAGE_ROWS]
    return TrashPage(rows, _key_of(rows[-1]) if len(found) > PAGE_ROWS else "")


def _key_of(trashed: TrashedRecord) -> str:
    return f"{(trashed.deleted_at - _EPOCH) // timedelta(microseconds=1):x}-{trashed.pk:x}"


def _read_key(key: str) -> tuple[datetime, int] | None:
    moment, _dash, pk = key[:40].partition("-")
    try:
        return _EPOCH + timedelta(microseconds=int(moment, 16)), int(pk[:15], 16)
    except (ValueError, OverflowError):
        return None


def sessions_of(*, company: Company, viewer: User) -> QuerySet[SupportSession]:
    """The sessions of which something may lie in the trash: those that *viewer* sees, or saw before they went there."""
    found = SupportSession.objects.filter(condition_in(viewer, company.pk), status__in=TRASHED_FROM)
    return found.select_related("company", "supporter", "device")


def session_numbered(*, company: Company, viewer: User, number: int) -> SupportSession:
    """S-*number*, in the trash or not. Raises Http404."""
    return access_or_404(sessions_of(company=company, viewer=viewer), number=number)


def record_of(*, session: SupportSession, record_id: int) -> TrashedRecord:
    """One record of the session's in the trash. Raises NotInTrash."""
    return _found(TrashedRecord.objects.filter(session=session, pk=record_id), session)


def newest_of(*, session: SupportSession, what: TrashedKind) -> TrashedRecord:
    """The record of a kind that was deleted last. Raises NotInTrash."""
    return _found(TrashedRecord.objects.filter(session=session, what=what).order_by("-deleted_at", "-pk"), session)


def _found(records: QuerySet[TrashedRecord], session: SupportSession) -> TrashedRecord:
    found = records.select_related("session__company", "session__device").first()
    if found is None:
        raise NotInTrash(
            _(
                "This is not in the trash any more: what was deleted of %(session)s was brought back, or deleted "
                "for good."
            )
            % {"session": session.label}
        )
    return found


def records_of_session(*, session: SupportSession, viewer: User) -> list[TrashedRecord]:
    """What lies in the trash of a session that is shown, as far as *viewer* may bring it back."""
    records = TrashedRecord.objects.filter(session=session).select_related("deleted_by").order_by("-deleted_at", "-pk")
    return [
        each
        for each in records
        if reaches_in_trash(user=viewer, permission=DELETED_WITH[TrashedKind(each.what)], session=session)
    ]
