"""What a page or the API tells of the questions about one session, and what could be asked next."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from accounts.enums import EngineName
from accounts.models import User
from accounts.tenancy import access_or_404
from summaries.content import Statement
from summaries.domain.reading.timeline import log_of
from summaries.enums import Kind, QuestionState, QuestionTopic, SessionStatus
from summaries.models import CopilotQuestion, Interaction, SupportSession

#: Questions on a page, and suggestions beside them.
PAGE_QUESTIONS, MAX_SUGGESTIONS = 30, 5
_TERMINAL = frozenset({Kind.COMMAND, Kind.OUTPUT, Kind.INPUT, Kind.EXIT})


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer, or a passage. *said*: the first interaction that it cites; None when that is gone."""

    statement: Statement
    said: Interaction | None

    @property
    def is_terminal(self) -> bool:
        """Typed into a terminal, or shown by one."""
        return self.said is not None and self.said.kind in _TERMINAL


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that the session's facts bring up. *topic*: code of a QuestionTopic, or empty."""

    text: str
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer as it stands."""

    question: CopilotQuestion
    sentences: tuple[Sentence, ...]

    @property
    def is_unanswered(self) -> bool:
        """Answered with nothing: the session does not tell."""
        return self.question.state == QuestionState.ANSWERED and not self.sentences

    @property
    def is_quoted(self) -> bool:
        """The built-in engine found passages; it wrote no sentence."""
        return (self.question.engine or self.question.requested_engine) == EngineName.BUILT_IN

    @property
    def mark(self) -> str:
        """Changes when there is something new to show."""
        return f"{self.question.state}-{len(self.sentences)}"


def questions_of(*, session: SupportSession, viewer: User) -> QuerySet[CopilotQuestion]:
    """What was asked about *session*, by anybody, as far as *viewer* may ask about it themselves; the newest first."""
    visible = CopilotQuestion.objects.visible_in(viewer, session.company)
    return visible.filter(session=session).select_related("member").order_by("-pk")


def question_of(*, session: SupportSession, viewer: User, public_id: UUID) -> CopilotQuestion:
    """Raises Http404."""
    found: CopilotQuestion = access_or_404(questions_of(session=session, viewer=viewer), public_id=public_id)
    found.session = session
    return found


def page_of(*, session: SupportSession, viewer: User, before: int = 0) -> tuple[list[Asked], int]:
    """The newest questions in the order of time, or those *before* one; and the key of the earlier ones, 0 for none."""
    rows = questions_of(session=session, viewer=viewer)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE_QUESTIONS + 1])
    shown = found[:PAGE_QUESTIONS]
    return with_sentences(session=session, questions=shown[::-1]), shown[-1].pk if len(found) > len(shown) else 0


def with_sentences(*, session: SupportSession, questions: Sequence[CopilotQuestion]) -> list[Asked]:
    """Each question with its sentences and what they cite, in one query."""
    statements = {each.pk: statements_of(each) for each in questions}
    cited = {said.evidence[0] for each in statements.values() for said in each}
    interactions = {each.number: each for each in log_of(session=session).filter(number__in=cited)} if cited else {}
    return [
        Asked(each, tuple(Sentence(said, interactions.get(said.evidence[0])) for said in statements[each.pk]))
        for each in questions
    ]


def statements_of(question: CopilotQuestion) -> list[Statement]:
    return [Statement(each["text"], tuple(each["evidence"])) for each in question.statements]


def suggestions_for(*, session: SupportSession) -> list[Suggestion]:
    """Questions that the log of *session* may well answer, the most telling first. One query."""
    rows = log_of(session=session).order_by().values_list("kind", "application")
    kinds: set[str] = set()
    applications: dict[str, int] = {}
    for kind, application, count in rows.annotate(count=Count("pk")):
        kinds.add(kind)
        # In a terminal the application is the command, of which another question asks.
        if application and kind not in _TERMINAL:
            applications[application] = applications.get(application, 0) + count
    return _suggested(session, kinds, applications)[:MAX_SUGGESTIONS]


def _suggested(session: SupportSession, kinds: set[str], applications: dict[str, int]) -> list[Suggestion]:
    found = []
    if kinds & {Kind.CHAT, Kind.VOICE}:
        found.append(Suggestion(_("What did the remote user say?"), QuestionTopic.SAID))
    if Kind.COMMAND in kinds:
        found.append(Suggestion(_("Which commands were run?"), QuestionTopic.COMMANDS))
    if kinds & {Kind.OUTPUT, Kind.EXIT}:
        found.append(Suggestion(_("Which errors were shown?"), QuestionTopic.ERRORS))
    if Kind.FILE_TRANSFER in kinds:
        found.append(Suggestion(_("Which files were transferred?"), QuestionTopic.FILES))
    if kinds and session.status != SessionStatus.OPEN:
        found.append(Suggestion(_("How did the session end?"), QuestionTopic.ENDING))
    named = sorted(applications, key=lambda each: (-applications[each], each))
    return found + [Suggestion(_("What was done in %(application)s?") % {"application": each}) for each in named[:2]]
