"""A list of sessions to take away: exactly the rows that it shows, under the same filters, without a limit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Company, User
from accounts.tenancy import PermissionMissing, holds
from summaries.domain.exports.columns import Column, ColumnGroup
from summaries.domain.exports.files import KINDS
from summaries.domain.exports.rows import read_rows, reader_of
from summaries.models import SupportSession
from summaries.models.reach import READ_REPORTS


@dataclass(frozen=True, slots=True)
class SessionsFile:
    """*content* is made while it is read; closing it ends the work."""

    name: str
    content_type: str
    content: Iterator[bytes]
    rows: int


def export_sessions(
    *,
    company: Company,
    actor: User,
    sessions: QuerySet[SupportSession],
    asked: dict[str, object],
    columns: tuple[Column, ...],
    kind: str,
    at: datetime,
) -> SessionsFile:
    """Enter the export in the audit log and return its file, to be streamed.

    *sessions* are those that *actor* sees, narrowed as *asked* tells (for the log); *kind* is one of KINDS. What comes
    in later than this moment is not in the file. Raises PermissionMissing.
    """
    if not any(holds(actor, permission, company.pk) for permission in READ_REPORTS):
        raise PermissionMissing(
            _("Your roles do not include “View own connection reports”. Ask an administrator for it.")
        )
    found = sessions.order_by().aggregate(newest=Max("pk"), rows=Count("pk"))
    audit.record(
        company=company,
        actor=actor,
        action="sessions.exported",
        at=at,
        details={"format": kind, "rows": found["rows"], "columns": [column.key for column in columns], **asked},
    )
    portions = read_rows(
        sessions.filter(pk__lte=found["newest"] or 0),
        reader=reader_of(company=company, actor=actor, at=at),
        with_texts=any(column.group == ColumnGroup.SUMMARY for column in columns),
    )
    day = f"{at.astimezone(ZoneInfo(company.time_zone)):%Y-%m-%d}"
    file_kind = KINDS[kind]
    return SessionsFile(
        name=f"sessions-{company.slug}-{day}.{kind}",
        content_type=file_kind.content_type,
        content=file_kind.write(portions, columns),
        rows=found["rows"],
    )
