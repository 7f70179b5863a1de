"""Sessions as plain values, many at a time: what the models are for is not needed fifty times a page."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import Field, QuerySet

from insights_portal.lib.keyset import beyond, page_of
from insights_portal.lib.plain_rows import rows_of
from insights_portal.lib.statements import Statement
from summaries.domain.reading.states import StateFacts, StateView, facts_of, state_of
from summaries.models import SupportSession
from summaries.models.sessions import HIDDEN

_SOME_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


class PlainSession(msgspec.Struct, frozen=True):
    """What every list tells of a session. The fields are named as the models are asked for them; a list that tells
    more adds to them.
    """

    pk: int
    number: int
    status: str
    direction: str
    remote_user: str
    started_at: datetime
    ended_at: datetime | None
    notes: str
    ticket: str
    billing_state: str
    fee: Decimal | None
    currency: str
    verdict: str
    reason: str
    interaction_count: int
    log_deleted_at: datetime | None
    summary_deleted_at: datetime | None
    supporter_id: int
    supporter__name: str
    supporter__email: str
    device__name: str | None
    summary__state: str | None
    summary__review: str | None
    summary__failure: str | None

    @property
    def label(self) -> str:
        return f"S-{self.number}"

    @property
    def duration(self) -> timedelta | None:
        return self.ended_at - self.started_at if self.ended_at else None

    @property
    def state_facts(self) -> StateFacts:
        return facts_of(self)

    @property
    def state(self) -> StateView:
        return state_of(self.state_facts)


class DescribedSession(PlainSession, frozen=True):
    """What the API tells of a session."""

    public_id: UUID
    source_format: str
    source_name: str
    quality: list[str]
    bad_record_count: int
    redaction_counts: dict[str, int]
    redaction_memory: dict[str, dict[str, int]]
    redaction_version: int | None
    device_id: int | None
    device__operating_system: str | None
    device__customer: str | None
    summary__public_id: UUID | None


Plain = TypeVar("Plain", bound=PlainSession)


def read_plainly(sessions: QuerySet[SupportSession], kind: type[Plain]) -> list[Plain]:
    """*sessions* in their order as rows of *kind*, in one query."""
    return [kind(*row) for row in rows_of(sessions.values_list(*kind.__struct_fields__))]


class Narrowed:
    """Some sessions, of which an API's list takes its pages."""

    def __init__(self, sessions: QuerySet[SupportSession]) -> None:
        self._sessions = sessions

    def take(self, *, order: tuple[str, ...], position: Sequence[Any] = (), count: int) -> list[DescribedSession]:
        """The first *count* in *order* behind *position*, in one query; see `keyset.page_of`."""
        return read_plainly(page_of(self._sessions, order=order, position=position, count=count), DescribedSession)


class WholeCompany:
    """What whoever reaches the whole company sees of it, as `Narrowed`.

    The list that programs ask for most. It is `visible_in` for them, in a statement that was put together before.
    """

    def __init__(self, company_id: int) -> None:
        self._company_id = company_id

    def take(self, *, order: tuple[str, ...], position: Sequence[Any] = (), count: int) -> list[DescribedSession]:
        """As `Narrowed.take`. Raises ValueError and ValidationError for a position that can be none."""
        values: list[Any] = [self._company_id, *HIDDEN]
        if position:
            first, last = (_prepared(column, value) for column, value in zip(order, position, strict=True))
            values += [first, first, last]
        rows = _statement(order, bool(position)).rows(*values, part=slice(0, count))
        return [DescribedSession(*row) for row in rows]


@cache
def _statement(order: tuple[str, ...], has_position: bool) -> Statement:
    """Its values: the company, HIDDEN, and where *has_position* the first of that twice and the last."""

    def selected() -> QuerySet[SupportSession, Any]:
        sessions: QuerySet[SupportSession] = SupportSession.objects.of_company(0).shown().order_by(*order)
        if has_position:
            sessions = beyond(sessions, order=order, position=(_SOME_MOMENT, 0))
        return sessions.values_list(*DescribedSession.__struct_fields__)

    return Statement(selected)


def _prepared(column: str, value: Any) -> Any:
    """*value* as the database is asked for it. Raises ValueError and ValidationError for what is no such value."""
    name = column.removeprefix("-")
    field: Field[Any, Any] = SupportSession._meta.get_field("id" if name == "pk" else name)  # type: ignore[assignment]
    return field.get_db_prep_value(value, connection)
