"""What webhooks tell of sessions: numbers and states, never what was said, typed or written."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from accounts.domain.webhooks import Announcement, announce, announce_all
from summaries.models import ConsentEntry, SummaryRevision, SupportSession


def tell_of_end(*, session: SupportSession, at: datetime) -> None:
    """The session has ended, or a recording was imported as one."""
    ended_at = session.ended_at.astimezone(UTC).isoformat() if session.ended_at else None
    more = {"ended_at": ended_at, "interactions": session.interaction_count}
    _tell(session, "session.ended", key=f"session-{session.pk}", at=at, more=more)


def tell_of_consent(*, entry: ConsentEntry, at: datetime) -> None:
    """The remote user answered, withdrew, or did not answer in time."""
    more = {"answer": entry.answer, "language": entry.language}
    _tell(entry.session, "consent.answered", key=f"consent-{entry.pk}", at=at, more=more)


def tell_of_summaries(*, revisions: Sequence[tuple[SupportSession, SummaryRevision]], at: datetime) -> None:
    """Summaries were written; the API has their text for whoever may read it."""
    announce_all(
        event_type="summary.ready",
        happenings=[
            Announcement(
                company=session.company,
                key=f"revision-{revision.pk}",
                data=_data(
                    session,
                    {"revision": revision.number, "language": revision.language, "engine": revision.engine},
                ),
            )
            for session, revision in revisions
        ],
        at=at,
    )


def tell_of_approval(*, session: SupportSession, revision_id: int, at: datetime) -> None:
    _tell(session, "summary.approved", key=f"revision-{revision_id}", at=at, more={})


def tell_of_change(*, session: SupportSession, revision: SummaryRevision, at: datetime) -> None:
    """A member corrected the summary, or chose another text of it."""
    more = {"revision": revision.number, "language": revision.language}
    _tell(session, "summary.changed", key=f"revision-{revision.pk}", at=at, more=more)


def _tell(session: SupportSession, event_type: str, *, key: str, at: datetime, more: Mapping[str, object]) -> None:
    announce(
        company=session.company,
        event_type=event_type,
        key=key,
        data=_data(session, more),
        at=at,
    )


def _data(session: SupportSession, more: Mapping[str, object]) -> dict[str, object]:
    return {"session": str(session.public_id), "number": session.label, **more}
