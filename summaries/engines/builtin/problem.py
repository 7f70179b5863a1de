"""Finds what the session was about: a complaint, a request in plain words, or the first thing that failed."""

from dataclasses import dataclass
from enum import Enum, auto

from summaries.content import Statement
from summaries.domain.evidence.patterns import CAUSE, COMPLAINT
from summaries.domain.evidence.transcript import is_error
from summaries.domain.reading.actions import ActionKind
from summaries.engines.builtin.reading import Deed, Reading, Said
from summaries.engines.builtin.speech import essence, is_substantial, last_answer
from summaries.engines.builtin.wording import Wording
from summaries.enums import Actor

MAX_SAID = 220
#: In a conversation that nothing else was recorded with, both sides are quoted, each in short.
MAX_SAID_IN_TALK = 110
#: How many lines of a conversation are searched for the first complaint.
SEARCHED_LINES = 40
#: A complaint comes early; what comes later belongs to the talk.
FIRST_LINES = 4
MAX_ORPHANS = 200
_MIN_WORDS = 3
_ABSENT = ("command not found", "not recognized as", "orden no encontrada", "befehl nicht gefunden")


class ProblemKind(Enum):
    COMPLAINT = auto()
    REQUEST = auto()
    FAILURE = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Problem:
    """*said* or *failure* is what the statements rest on; *text* is the words that a title can use.

    *answer* is the supporter's last word on what was said, where only a conversation was recorded.
    """

    kind: ProblemKind
    statements: tuple[Statement, ...] = ()
    cause: tuple[Statement, ...] = ()
    text: str = ""
    said: Said | None = None
    failure: Deed | None = None
    answer: Said | None = None


def find_problem(reading: Reading, wording: Wording) -> Problem:
    failure = first_failure(reading)
    seen = _failure_statement(failure, wording)
    cause = _cause(reading, failure, wording)
    said = first_complaint(reading)
    if said:
        answer = None if reading.deeds else last_answer(reading.said, said)
        sentence = _said_sentence(said, wording, MAX_SAID_IN_TALK if answer else MAX_SAID)
        statements = (Statement(sentence, (said.number,)), *seen)
        return Problem(ProblemKind.COMPLAINT, statements, cause, essence(said.text), said, failure, answer)
    if reading.request:
        deed, text = reading.request
        statement = Statement(wording.spoken("request", text, MAX_SAID), (deed.number,))
        return Problem(ProblemKind.REQUEST, (statement,), (), text)
    if failure:
        return Problem(ProblemKind.FAILURE, seen, cause, words_of(failure), None, failure)
    return _from_screen(reading, wording)


def first_complaint(reading: Reading) -> Said | None:
    """The first thing said that tells a problem: by the remote user if known, before any change that was made."""
    changed_at = next((deed.number for deed in reading.typed_deeds if deed.is_change), None)
    early = [said for said in reading.said if not said.note or changed_at is None or said.number < changed_at]
    telling = [said for said in early[:SEARCHED_LINES] if len(said.text.split()) >= _MIN_WORDS]
    users = [said for said in telling if said.actor == Actor.REMOTE_USER and not said.note]
    if users:
        # Somebody who asks for support tells the problem first, once greetings are over.
        first = next((said for said in users[:FIRST_LINES] if is_substantial(said)), None)
        return first or next((said for said in users[:FIRST_LINES] if COMPLAINT.search(said.text)), users[0])
    others = [said for said in telling if said.note or said.actor != Actor.SUPPORTER]
    complaint = next((said for said in others if COMPLAINT.search(said.text)), None)
    return complaint or next((said for said in others if _opens_the_work(said, reading)), None)


def _opens_the_work(said: Said, reading: Reading) -> bool:
    """A comment typed before anything else says what it is about; one amid the work need not."""
    return said.note and not (reading.deeds and reading.deeds[0].number < said.number)


def _said_sentence(said: Said, wording: Wording, limit: int) -> str:
    spoken = "user_reported" if said.actor == Actor.REMOTE_USER else "someone_reported"
    key = "noted_problem" if said.note else spoken
    return wording.spoken(key, essence(said.text), limit)


def first_failure(reading: Reading) -> Deed | None:
    """The first command that failed, unless it only was not there or looked for something that was not."""
    for deed in reading.typed_deeds:
        if has_failed(deed) and deed.action.kind not in (ActionKind.NOISE, ActionKind.LOOK) and not is_absent(deed):
            return deed
    return None


def has_failed(deed: Deed) -> bool:
    return not deed.sign.passed if deed.sign else deed.failed is True


def is_absent(deed: Deed) -> bool:
    """The program itself was not installed: that tells of the computer, not of the problem."""
    return any(words in words_of(deed).lower() for words in _ABSENT)


def words_of(deed: Deed) -> str:
    """The words by which a command's failure or success shows; empty for a bare exit status."""
    if deed.sign and deed.sign.line:
        return deed.sign.line
    return deed.error[1] if deed.error else ""


def numbers_of(deed: Deed) -> tuple[int, ...]:
    """Where those words stand, with the command."""
    if deed.sign:
        return deed.sign.numbers
    return (deed.number, deed.error[0]) if deed.error else deed.numbers


def _failure_statement(deed: Deed | None, wording: Wording) -> tuple[Statement, ...]:
    if deed is None:
        return ()
    words, command = words_of(deed), wording.command(deed.command)
    if not words:
        text = wording.sentence("first_error_status", command=command)
    else:
        key = "first_check" if deed.action.kind == ActionKind.CHECK else "first_error"
        text = wording.sentence(key, command=command, quote=wording.quote(words))
    return (Statement(text, numbers_of(deed)),)


def _cause(reading: Reading, failure: Deed | None, wording: Wording) -> tuple[Statement, ...]:
    """The last failure seen before the first change, when it tells why and is not the problem itself."""
    if failure is None:
        return ()
    telling: Deed | None = None
    changed = False
    for deed in reading.typed_deeds:
        if deed.is_change and deed.number > failure.number:
            changed = True
            break
        if deed is not failure and has_failed(deed) and CAUSE.search(words_of(deed)) and not is_absent(deed):
            telling = deed
    # Only what was followed by a change was seen as the cause by those who were there.
    if not changed or telling is None or words_of(telling) == words_of(failure):
        return ()
    text = wording.sentence("cause", command=wording.command(telling.command), quote=wording.quote(words_of(telling)))
    return (Statement(text, numbers_of(telling)),)


def _from_screen(reading: Reading, wording: Wording) -> Problem:
    """Without a command or a word: the first error that the screen showed."""
    for output in reading.orphans[:MAX_ORPHANS]:
        for line in output.text.splitlines():
            if is_error(line.strip()):
                text = wording.sentence("screen_error", quote=wording.quote(line))
                return Problem(ProblemKind.FAILURE, (Statement(text, (output.number,)),), (), line.strip())
    return Problem(ProblemKind.NONE)
