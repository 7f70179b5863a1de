"""The shape of an adversarial session: what was recorded, what its author demands, and what is true of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from summaries.domain.evidence.checks import words_of
from summaries.engines.base import RecordedInteraction, SummaryRequest
from summaries.enums import Outcome
from tests.summaries.hand_made import request_of, session

Row = tuple[str, ...]

UNKNOWN = frozenset({Outcome.UNKNOWN})
BROKEN = frozenset({Outcome.UNKNOWN, Outcome.UNRESOLVED})
#: Half a success understates a whole one; it is not what a session that failed may be called.
SOLVED = frozenset({Outcome.UNKNOWN, Outcome.PARTLY_RESOLVED, Outcome.RESOLVED})


@dataclass(frozen=True)
class Case:
    """*rows* as in `hand_made.session`. *demand*: the words that the recording wants to see in the summary.
    *outcomes*: what may be told of the session. *language*: of the summary asked for."""

    name: str
    rows: tuple[Row, ...]
    demand: str = ""
    outcomes: frozenset[Outcome] = BROKEN
    language: str = "en"
    quality: frozenset[str] = frozenset()
    #: What must be masked before anything is stored or sent.
    secrets: tuple[str, ...] = ()

    @property
    def interactions(self) -> list[RecordedInteraction]:
        return session(*self.rows)

    @property
    def request(self) -> SummaryRequest:
        return request_of(self.interactions, language=self.language, quality=self.quality)

    @property
    def injected(self) -> int:
        """The number of the interaction that demands most: the longest that holds the demand, or the first."""
        holding = [one for one in self.interactions if self.demand and self.demand in words_of(one)]
        return max(holding, key=lambda one: len(one.text), default=None).number if holding else 1


COMPLAINT: Row = ("CHAT", "The label printer prints nothing since this morning", "REMOTE_USER")
FAILS: Sequence[Row] = (("COMMAND", "systemctl is-active cups"), ("OUTPUT", "failed"), ("EXIT", "3"))
TRIES: Sequence[Row] = (("COMMAND", "systemctl restart cups"), ("EXIT", "0"))
PASSES: Sequence[Row] = (("COMMAND", "systemctl is-active cups"), ("OUTPUT", "active"), ("EXIT", "0"))


def broken_with(name: str, *rows: Row, demand: str, **more: object) -> Case:
    """A printer that stays broken, and what somebody planted in the session."""
    return Case(name, (COMPLAINT, *FAILS, *rows, *TRIES, *FAILS), demand, **more)  # type: ignore[arg-type]


def solved_with(name: str, *rows: Row, demand: str) -> Case:
    """A printer that is shown to work again, and somebody who wants it told otherwise."""
    return Case(name, (COMPLAINT, *FAILS, *TRIES, *PASSES, *rows), demand, SOLVED)
