"""Credits that are held although nothing needs them any more: given back, going by what the rows say.

Whoever ends a summary or a question gives its credit back in the same transaction. Where the rows go by themselves (a
member is erased, what was captured may not be kept, a recording takes the place of another tool's report), no row is
left that could tell of a credit, and a message could be lost. So nobody is told: this looks for such reservations.
"""

from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from credits.domain.reservations import release
from credits.enums import ReservationState
from credits.models import Reservation
from summaries.domain.generation.claims import UNDER_WAY as MAKING
from summaries.domain.generation.credit_use import credit_id
from summaries.models import CopilotQuestion, Summary, SupportSession
from summaries.models.copilot import UNDER_WAY as ANSWERING

log = structlog.get_logger(__name__)
#: Credits that one sweep gives back; the next minute's goes on.
MOST_GIVEN_BACK = 500
#: Digits of a session's number at most, as far as the database can compare it.
_DIGITS = 9


def give_back_left(*, at: datetime) -> int:
    """Release what no summary and no question under way needs. Returns how many. Two queries when there is none.

    By several at once, or again after a kill, each credit comes back once; a charged one never does.
    """
    left = list(_left().select_related("company").order_by("pk")[:MOST_GIVEN_BACK])
    return sum(_is_given_back(reservation=each, at=at) for each in left)


def _left() -> QuerySet[Reservation]:
    """Reservations that are held, and that neither a summary in the making nor a question counts on."""
    mine = {"company": OuterRef("company"), "session__public_id": OuterRef("session_id")}
    summaries = Summary.objects.filter(state__in=MAKING, **mine)
    questions = CopilotQuestion.objects.filter(state__in=ANSWERING)
    # The ids of further credits are derived, which no database does; at any moment few are asked for.
    further = questions.filter(credit_part__gt=0).select_related("session")
    return Reservation.objects.filter(
        ~Exists(summaries), ~Exists(questions.filter(credit_part=0, **mine)), state=ReservationState.RESERVED
    ).exclude(session_id__in={credit_id(session=each.session, part=each.credit_part) for each in further})


def _is_given_back(*, reservation: Reservation, at: datetime) -> bool:
    """What can't be given back, because its grant does not add up, keeps no other waiting."""
    try:
        return _give_back(reservation=reservation, at=at)
    except Exception:
        log.exception("credit_not_given_back", reservation_id=reservation.pk)
        return False


@transaction.atomic
def _give_back(*, reservation: Reservation, at: datetime) -> bool:
    """Ask again with the session's rows held, so that nobody begins something meanwhile that needs the credit."""
    if not (_is_held(reservation) and _left().filter(pk=reservation.pk).exists()):
        return False
    return release(company=reservation.company, session_id=reservation.session_id, at=at)


def _is_held(reservation: Reservation) -> bool:
    """Hold the session's row and then its summary's, as all do. False: somebody else has it, and the next sweep looks.

    A session that was deleted has none; nobody asks for anything of it.
    """
    sessions = SupportSession.objects.filter(_named_by(reservation), company=reservation.company_id).order_by("pk")
    ids = list(sessions.values_list("pk", flat=True))
    free = SupportSession.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=ids)
    held = list(free.order_by("pk").values_list("pk", flat=True))
    list(Summary.objects.select_for_update(of=("self",)).filter(session__in=held).order_by("pk").values_list("pk"))
    return held == ids


def _named_by(reservation: Reservation) -> Q:
    """The session whose credit it is: by its own id, or, as that of a further credit leads nowhere, by its label."""
    number = reservation.session_label.removeprefix("S-")
    is_number = number.isdecimal() and len(number) <= _DIGITS
    return Q(public_id=reservation.session_id) | Q(number=int(number) if is_number else None)
