"""Asks a model of a session: what people said first, then what was typed and which windows were open."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files

from summaries.engines.base import RecordedInteraction
from summaries.engines.builtin.issue_types.features import MAX_CHARS
from summaries.engines.builtin.issue_types.model import Guess, IssueTypeModel
from summaries.engines.builtin.issue_types.storage import UnableToReadModel, unpack
from summaries.enums import Actor, Kind

#: The model that comes with the portal, trained on `labelled/*.txt` by manage.py train_issue_types --ready-made.
READY_MADE = "ready_made.model"
_MAX_LINE = 400
_MAX_LINES = 12
_MAX_COMMANDS = 20
_SAID = frozenset({Kind.CHAT, Kind.VOICE, Kind.NOTE, Kind.MARKER})
_WINDOWS = frozenset({Kind.APP_FOCUS, Kind.CLICK})


@lru_cache(maxsize=1)
def ready_made_model() -> IssueTypeModel:
    return unpack(files(__package__).joinpath(READY_MADE).read_bytes())


@lru_cache(maxsize=8)
def _own_model(packed: bytes) -> IssueTypeModel | None:
    try:
        return unpack(packed)
    except UnableToReadModel:
        # A summary is written all the same; training again says what is wrong.
        return None


def model_of(packed: bytes) -> IssueTypeModel:
    """The company's own model; the ready-made one when there is none, or none that this release reads."""
    own = _own_model(packed) if packed else None
    return own or ready_made_model()


def guess_issue_type(
    *, interactions: Sequence[RecordedInteraction], telling: Iterable[int], model: IssueTypeModel
) -> Guess:
    """*telling*: numbers of the interactions in which the problem is told."""
    return model.guess(telling_text(interactions=interactions, telling=frozenset(telling)))


def telling_text(*, interactions: Iterable[RecordedInteraction], telling: frozenset[int]) -> str:
    """At most MAX_CHARS of a session, the most telling first; one pass."""
    problem: list[str] = []
    asked: list[str] = []
    answered: list[str] = []
    done: dict[str, None] = {}
    for each in interactions:
        line = each.text.strip()[:_MAX_LINE]
        if each.kind in _SAID and each.number in telling:
            problem.append(line)
        elif each.kind in _SAID:
            heard = answered if each.actor == Actor.SUPPORTER and each.kind != Kind.NOTE else asked
            if len(heard) < _MAX_LINES:
                heard.append(line)
        elif len(done) < _MAX_COMMANDS and each.kind == Kind.COMMAND:
            done[line] = None
        elif len(done) < _MAX_COMMANDS and each.kind in _WINDOWS:
            done[f"{each.application} {each.title}"[:_MAX_LINE].strip()] = None
    return "\n".join((*problem, *asked, *answered, *done))[:MAX_CHARS]
