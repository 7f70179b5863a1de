"""A question is put: checked, masked, counted and kept, before anybody looks for an answer; and it is stopped."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain import audit
from accounts.enums import EngineName, SummaryLanguage
from accounts.models import AISettings, User
from accounts.permissions import Permission
from credits.domain.reservations import InsufficientCredits
from insights_portal.queueing import enqueue_on_commit
from summaries.domain.consent.entries import lock_session
from summaries.domain.copilot.credit import charge, give_back, next_question
from summaries.domain.copilot.permitted import why_not, why_not_by
from summaries.domain.generation.credit_use import reserve_for
from summaries.domain.interaction_rows import clean, mask_texts
from summaries.domain.reading.reach import require_on
from summaries.domain.redaction.rules import redactor_of
from summaries.enums import QuestionState, QuestionTopic
from summaries.models import CopilotQuestion, SupportSession
from summaries.models.copilot import UNDER_WAY

TASK = "summaries.tasks.answer_question"
MAX_QUESTION = 1_000
#: The built-in engine looks through a session of so many interactions while the member waits: two seconds at worst.
HERE_AT_MOST = 10_000


class UnableToAsk(Exception):
    """The question was not put; the sentence says what to change, or why none is answered."""


class StillAnswering(UnableToAsk):
    """The member's last question about the session is being answered."""


class NoCreditToAsk(UnableToAsk):
    """The question needs a credit, and none is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked. *engine*: None for the company's own. *topic*: of a suggested question."""

    text: str
    engine: EngineName | None = None
    topic: str = ""
    language: str = SummaryLanguage.EN


@transaction.atomic
def ask(*, session: SupportSession, question: Question, actor: User, at: datetime) -> CopilotQuestion:
    """Keep the question and reserve its credit. Its answer is queued, or the caller's to have made by
    `answering.answer_here`.

    Raises PermissionMissing, UnableToAsk, StillAnswering, NoCreditToAsk; nothing is kept then.
    """
    require_on(user=actor, permission=Permission.ASK_COPILOT, session=session)
    text = checked(question.text)
    # Whoever deletes the log holds these rows, too.
    lock_session(session=session)
    engine = EngineName(question.engine or AISettings.objects.get(company=session.company_id).engine)
    refused = why_not(session=session) or why_not_by(engine=engine, session=session, at=at)
    if refused:
        raise UnableToAsk(refused)
    if CopilotQuestion.objects.filter(session=session, member=actor, state__in=UNDER_WAY).exists():
        raise StillAnswering(_("Your last question is still being answered. Wait for the answer, or stop it."))
    part = _reserved(session=session, at=at)
    asked: CopilotQuestion = CopilotQuestion.objects.create(
        company=session.company,
        session=session,
        member=actor,
        text=_masked(session, text),
        topic=question.topic if question.topic in QuestionTopic.values else "",
        language=question.language if question.language in SummaryLanguage.values else SummaryLanguage.EN,
        requested_engine=engine,
        known_interactions=session.interaction_count,
        credit_part=part,
        asked_at=at,
    )
    audit.record(
        company=session.company,
        actor=actor,
        action="question.asked",
        at=at,
        target=session,
        details={"engine": str(engine)},
    )
    if not is_answered_here(question=asked):
        enqueue_on_commit(TASK, question_id=asked.pk)
    return asked


def is_answered_here(*, question: CopilotQuestion) -> bool:
    """Whether it is answered at once, and not by a worker."""
    return question.requested_engine == EngineName.BUILT_IN and question.known_interactions <= HERE_AT_MOST


def checked(text: str) -> str:
    """The question as it is kept but for masking. Raises UnableToAsk."""
    text = clean(text).replace("\r\n", "\n").strip()
    if not text:
        raise UnableToAsk(_("Write a question first."))
    if len(text) > MAX_QUESTION:
        raise UnableToAsk(
            ngettext(
                "The question is too long: up to %(most)s character.",
                "The question is too long: up to %(most)s characters.",
                MAX_QUESTION,
            )
            % {"most": MAX_QUESTION}
        )
    return text


def _masked(session: SupportSession, text: str) -> str:
    """By the rules and the memory of the session, so that an address that it knows as EMAIL-1 is EMAIL-1 here.

    What the question brings in anew is not remembered: the report of what was masked tells of the session log alone.
    """
    (masked,) = mask_texts(redactor_of(session=session), [text])
    return masked


def _reserved(*, session: SupportSession, at: datetime) -> int:
    following = next_question(session=session)
    try:
        reserve_for(session=session, at=at, part=following.part)
    except InsufficientCredits as shortage:
        raise NoCreditToAsk(
            _("All AI credits are used, and this question needs one. Ask whoever manages credits to order more.")
        ) from shortage
    return following.part


@transaction.atomic
def stop(*, question: CopilotQuestion, actor: User, at: datetime) -> bool:
    """End the answering of a question; what has come stays. The engine is told as soon as its worker looks.

    What an engine had begun counts as a question; one that nobody had begun with does not. False when it was over.
    Raises PermissionMissing.
    """
    session = question.session
    require_on(user=actor, permission=Permission.ASK_COPILOT, session=session)
    lock_session(session=session)
    found = CopilotQuestion.objects.filter(pk=question.pk, state__in=UNDER_WAY)
    was_begun = found.filter(state=QuestionState.ANSWERING).exists()
    if not found.update(state=QuestionState.STOPPED, claim=None, claimed_until=None, ended_at=at):
        return False
    if was_begun:
        is_charged = charge(question=question, at=at)
        CopilotQuestion.objects.filter(pk=question.pk).update(is_charged=is_charged)
    else:
        give_back(question=question, at=at)
    audit.record(company=session.company, actor=actor, action="question.stopped", at=at, target=session)
    return True
