"""Assembles the built-in summary from problem, steps and ending."""

import re
from dataclasses import replace

from summaries.content import LabelWords, Statement, SummaryContent
from summaries.domain.evidence.patterns import LEFT_OPEN
from summaries.domain.evidence.quoting import shortened
from summaries.domain.reading.actions import ActionKind
from summaries.domain.taxonomy.recognition import Recognised, clear_issue_types, recognise_applications, with_guess
from summaries.engines.base import RecordedInteraction, SummaryDraft, SummaryRequest
from summaries.engines.builtin.issue_types.guessing import guess_issue_type, model_of
from summaries.engines.builtin.outcome import Ending, find_ending
from summaries.engines.builtin.problem import Problem, ProblemKind, find_problem, numbers_of, words_of
from summaries.engines.builtin.reading import Deed, Reading, read_session, short_name
from summaries.engines.builtin.steps import write_steps
from summaries.engines.builtin.wording import LANGUAGES, Wording
from summaries.enums import Kind, Outcome, QualityFlag

VERSION = "built-in 1"
MAX_TITLE = 70
#: What is left to do is said towards the end.
LATE_LINES = 200
#: A question or an offer leaves nothing open.
_OFFER = re.compile(r"\?|\b(if|wenn|falls|si)\b", re.IGNORECASE)
#: How much more the telling interactions weigh when the issue type is recognised.
_PROBLEM_WEIGHT = 3.0
_TITLE_OF_CHECK = {
    "checked_service": "not_running",
    "restarted_service": "not_running",
    "started_service": "not_running",
    "checked_disk": "disk",
    "checked_config": "config",
    "checked_printers": "printers",
    "checked_reach": "reach",
    "checked_web": "web",
    "checked_certificate": "certificate",
    "checked_database": "database",
    "checked_name": "name",
    "checked_sign_in": "sign_in",
    "checked_packages": "packages",
    "checked_files": "files",
    "ran_tests": "tests",
}


#: Handles and greetings before what is meant.
_GREETING = re.compile(
    r"^(?:@\S+\s+|(?:hi|hello|hey|hola|hallo|buenos días|guten (?:tag|morgen))\b[ \w]{0,20}[,!.]\s*)+", re.I
)


class BuiltInEngine:
    """Offline and deterministic: the same session in the same language gives the same summary."""

    def summarise(self, request: SummaryRequest) -> SummaryDraft:
        """Write the summary. Never raises EngineError: what can't be told is told as missing."""
        language = request.language if request.language in LANGUAGES else "en"
        wording = Wording(language)
        reading = read_session(request)
        if reading.has_content or reading.orphans:
            content = self._content(request, reading, wording)
        else:
            content = _empty(request, wording)
        notes = () if language == request.language else (wording.sentence("fallback_language"),)
        return SummaryDraft(content=replace(content, language=language), model=VERSION, notes=notes)

    def _content(self, request: SummaryRequest, reading: Reading, wording: Wording) -> SummaryContent:
        problem = find_problem(reading, wording)
        ending = find_ending(reading, problem, wording)

        def application_of(deed: Deed) -> str:
            """By the program first: what else the line names may be somebody's file."""
            texts = (f"{deed.action.program} {deed.action.obj}", deed.command)
            rows = [RecordedInteraction(1, 0, Kind.COMMAND, text) for text in texts]
            found = [recognise_applications(interactions=[row], labels=request.applications) for row in rows]
            return next((names[0] for names in found if names), "")

        issue_types = _issue_types(request, problem)
        return SummaryContent(
            title=_title(reading, problem, wording),
            problem=problem.statements,
            cause=problem.cause,
            steps=write_steps(reading, problem, wording, application_of),
            outcome=ending.outcome,
            outcome_statements=ending.statements,
            open_points=_open_points(reading, ending, wording),
            missing_data=_missing(request, reading, problem, ending, wording),
            issue_types=tuple(each.name for each in issue_types),
            label_words=tuple(LabelWords(each.name, each.words) for each in issue_types),
            applications=recognise_applications(interactions=request.interactions, labels=request.applications),
        )


def _issue_types(request: SummaryRequest, problem: Problem) -> tuple[Recognised, ...]:
    """By the classifier where it is sure, and by the keywords of the company's labels."""
    telling = {number: _PROBLEM_WEIGHT for statement in problem.statements[:1] for number in statement.evidence}
    found = clear_issue_types(interactions=request.interactions, labels=request.issue_types, extra=telling)
    model = model_of(request.issue_type_model)
    guess = guess_issue_type(interactions=request.interactions, telling=telling, model=model)
    names = {label.name.casefold(): label.name for label in request.issue_types}
    name = names.get(guess.label.casefold()) if guess.label else None
    return with_guess(guessed=Recognised(name, guess.probability, guess.words) if name else None, found=found)


def _empty(request: SummaryRequest, wording: Wording) -> SummaryContent:
    """Nothing happened, or nothing of it was recorded."""
    opened = any(each.kind in (Kind.CONNECT, Kind.DISCONNECT, Kind.COMMAND) for each in request.interactions)
    missing = [wording.missing("nothing_done" if opened else "nothing")]
    return SummaryContent(title=wording.title("nothing"), missing_data=(*missing, *_quality(request.quality, wording)))


def _quality(flags: frozenset[str], wording: Wording) -> list[str]:
    told = [flag.value for flag in QualityFlag if flag != QualityFlag.NOTHING_RECORDED and flag.value in flags]
    return [wording.missing(flag) for flag in told]


def _title(reading: Reading, problem: Problem, wording: Wording) -> str:
    """Names the problem and its object in at most MAX_TITLE characters."""
    if problem.kind in (ProblemKind.COMPLAINT, ProblemKind.REQUEST):
        title = _first_sentence(problem.text)
    elif problem.failure:
        title = _failure_title(problem.failure, wording)
    else:
        title = problem.text or _work_title(reading, wording)
    return shortened(title, MAX_TITLE)


def _failure_title(deed: Deed, wording: Wording) -> str:
    if deed.action.key in _TITLE_OF_CHECK:
        return wording.title(_TITLE_OF_CHECK[deed.action.key], short_name(deed.action.obj))
    why = words_of(deed).rsplit(": ", 1)[-1]
    what = deed.action.obj if deed.action.key == "ran_script" else deed.action.program
    return wording.failed_title(short_name(what), why)


def _work_title(reading: Reading, wording: Wording) -> str:
    """Without a problem: the first change, or the application that was worked in."""
    changes = [deed for deed in reading.deeds if deed.action.kind == ActionKind.CHANGE]
    if changes:
        return wording.action(changes[0].action.key, short_name(changes[0].action.obj))
    if reading.screen and all(each.kind == Kind.FILE_TRANSFER for each in reading.screen):
        return wording.title("transfer")
    named = [each.application for each in reading.screen if each.application]
    return named[0] if named else wording.title("session")


def _first_sentence(text: str) -> str:
    line = next((line for line in text.splitlines() if line.strip()), text).strip()
    line = _GREETING.sub("", line) or line
    end = min((line.find(mark) for mark in (". ", "! ", "? ", "; ") if line.find(mark) > 15), default=len(line))  # noqa: PLR2004
    sentence = line[:end].rstrip(" .;:,")
    return sentence[:1].upper() + sentence[1:]


def _open_points(reading: Reading, ending: Ending, wording: Wording) -> tuple[Statement, ...]:
    points: list[Statement] = []
    changed_at = max((deed.number for deed in reading.typed_deeds), default=0)
    for said in reading.said[1:][-LATE_LINES:]:
        if LEFT_OPEN.search(said.text) and not _OFFER.search(said.text):
            key = "open_noted" if said.note else "open_said"
            points.append(Statement(wording.spoken(key, said.text), (said.number,)))
    late = reading.said[-1] if reading.said and reading.said[-1].note else None
    if late and ending.outcome == Outcome.UNRESOLVED and late.number > changed_at - 2:
        points.append(Statement(wording.spoken("open_noted", late.text), (late.number,)))
    if ending.failing and not points and ending.outcome in (Outcome.PARTLY_RESOLVED, Outcome.UNRESOLVED):
        points.append(_failing_point(ending.failing, wording))
    return tuple(dict.fromkeys(points[-3:]))


def _failing_point(deed: Deed, wording: Wording) -> Statement:
    words = words_of(deed)
    key = "open_failing" if words else "open_failing_status"
    text = wording.sentence(key, command=wording.command(deed.command), quote=wording.quote(words))
    return Statement(text, numbers_of(deed))


def _missing(
    request: SummaryRequest, reading: Reading, problem: Problem, ending: Ending, wording: Wording
) -> tuple[str, ...]:
    """What the record lacks, in plain words."""
    missing: list[str] = []
    if not reading.has_content:
        missing.append(wording.missing("no_input"))
    if problem.kind == ProblemKind.NONE:
        missing.append(wording.missing("no_problem"))
    if ending.outcome == Outcome.UNKNOWN:
        missing.append(wording.missing("no_result_checked" if ending.statements else "no_result"))
    programs = dict.fromkeys(deed.inside for deed in reading.deeds if deed.inside)
    missing.extend(wording.missing("own_word", program=f"`{program}`") for program in programs)
    if reading.deeds and not any(deed.run.outputs or deed.run.exit for deed in reading.typed_deeds):
        missing.append(wording.missing("no_output"))
    return (*missing, *_quality(request.quality, wording))
