"""The one way by which a session leaves every list, search and figure, and comes back to them."""

from summaries.enums import SessionStatus
from summaries.models import SupportSession


def hide(*, session: SupportSession) -> None:
    """Show the session to nobody. Call inside a transaction that holds its row."""
    _move(session, SessionStatus.TRASHED)


def show(*, session: SupportSession) -> None:
    """Show it again to everybody who saw it before. Call inside a transaction that holds its row."""
    _move(session, SessionStatus.ENDED)


def _move(session: SupportSession, status: SessionStatus) -> None:
    session.status = status
    session.save(update_fields=["status"])
