"""Questions to remote users and their answers, for the tests of consent."""

from policies.enums import ConsentAnswer
from summaries.domain.capture import SequencedInteraction, open_session
from summaries.domain.consent.requests import RemoteAnswer, answer_request, request_consent
from summaries.domain.consent.wording import wording_of
from summaries.enums import Actor, Kind
from summaries.sources.base import CapturedInteraction

GIVEN, REFUSED = ConsentAnswer.GIVEN, ConsentAnswer.REFUSED


def chat(sequence, text):
    return SequencedInteraction(sequence, CapturedInteraction(0, Kind.CHAT, text, Actor.REMOTE_USER))


def waiting_session(cast, at, **fields):
    """Bob's running session on ACC-14, which waits for consent."""
    fields = {"device_name": "ACC-14", **fields}
    return open_session(company=cast.northwind, supporter=cast.bob, actor=cast.bob, at=at, **fields)


def ask(session, actor, at):
    return request_consent(session=session, actor=actor, at=at)[1]


def say(session, answer, *, language="en", next_time=None, address=None):
    version = wording_of(session=session, language=language).version
    return RemoteAnswer(answer=answer, language=language, seen_version=version, next_time=next_time, address=address)


def answered(session, actor, at, answer=GIVEN, **said):
    """Ask and answer; returns what stands after it."""
    link = ask(session, actor, at)
    result = answer_request(link=link, said=say(session, answer, **said), at=at)
    session.refresh_from_db()
    return result
