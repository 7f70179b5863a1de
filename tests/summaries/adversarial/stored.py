"""Adversarial sessions along their whole way: captured, masked, stored, summarised by either engine."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.domain.engine_keys import set_engine_key
from policies.enums import ConsentAnswer
from summaries.content import SummaryContent, content_from_json
from summaries.domain.capture import (
    SequencedInteraction,
    append_interactions,
    end_session,
    open_session,
    record_consent,
)
from summaries.domain.generation.engine_request import recorded_interactions
from summaries.domain.generation.requests import generate
from summaries.engines.base import RecordedInteraction
from summaries.models import Summary, SupportSession
from summaries.sources.base import CapturedInteraction
from tests.summaries.adversarial.attacks import FOREIGN, Attack, attacks_on
from tests.summaries.adversarial.cases import Case

FORMULA = '=HYPERLINK("https://planted.example")'


@dataclass(frozen=True)
class Made:
    """A session and its summary as they stand in the database. *attack*: None for the built-in engine."""

    case: Case
    session: SupportSession
    summary: Summary
    attack: Attack | None = None

    @property
    def content(self) -> SummaryContent:
        return content_from_json(self.summary.current.content)

    @property
    def interactions(self) -> list[RecordedInteraction]:
        return list(recorded_interactions(session=self.session))


def capture(case: Case, company, supporter, *, at) -> SupportSession:
    """The session as a client reports it, ended, its summary in line."""
    session = open_session(company=company, supporter=supporter, actor=supporter, at=at, remote_user=FORMULA)
    record_consent(session=session, answer=ConsentAnswer.GIVEN, statement=FORMULA, actor=supporter, at=at)
    batch = [
        SequencedInteraction(
            each.number,
            CapturedInteraction(each.offset_ms, each.kind, each.text, each.actor, each.application, each.title),
        )
        for each in case.interactions
    ]
    append_interactions(session=session, batch=batch)
    return end_session(session=session, actor=supporter, at=at + timedelta(minutes=10))


def summarise_by_built_in(cases, cast, *, at) -> list[Made]:
    return [_made(case, _summarised(case, cast, at=at)) for case in cases]


def summarise_by_claude(cases, cast, server, *, at) -> list[Made]:
    """Each session meets one attack, in turn, so that all attacks meet many sessions."""
    own = cast.northwind.ai_settings
    own.engine, own.engine_model, own.engine_base_url = "CLAUDE", "m-1", server.base_url
    own.save()
    set_engine_key(ai_settings=own, key="a-key-of-the-test", actor=cast.alice, at=at)
    made = []
    for place, case in enumerate(cases):
        fitting = attacks_on(case, place)
        attack = fitting[place % len(fitting)]
        server.answers(attack.reply(case))
        made.append(_made(case, _summarised(case, cast, at=at), attack))
    return made


def plant_foreign_session(cast, *, at) -> SupportSession:
    """What the other company holds, and nobody here may ever read."""
    secret = Case("foreign", (("COMMAND", f"cat '{FOREIGN}'"), ("OUTPUT", FOREIGN)))
    session = capture(secret, cast.contoso, cast.charlie, at=at)
    generate(summary_id=session.summary.pk, clock=lambda: at)
    return session


def _summarised(case: Case, cast, *, at) -> SupportSession:
    session = capture(case, cast.northwind, cast.bob, at=at)
    generate(summary_id=session.summary.pk, clock=lambda: at + timedelta(minutes=11))
    return session


def _made(case: Case, session: SupportSession, attack: Attack | None = None) -> Made:
    summary = Summary.objects.select_related("current").get(session=session)
    return Made(case, session, summary, attack)
