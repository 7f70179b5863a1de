"""Sessions that wait for a remote engine on loopback, and a run that makes them."""

from datetime import timedelta

from summaries.domain.generation.requests import request_summary
from summaries.domain.generation.runs import generate_remotely
from summaries.models import Interaction, Summary
from tests.messages_server import statement, summary_answer
from tests.summaries.session_rows import add_session

#: An answer that any of these sessions supports.
ANSWER = summary_answer(
    title="Disk looked at",
    problem=[statement("The disk was looked at.", 1)],
    steps=[],
    outcome="UNKNOWN",
    outcome_statements=[],
    issue_types=[],
)


def point_to(company, base_url, **changed):
    """Have the company's summaries written by the engine at *base_url*."""
    own = company.ai_settings
    own.engine, own.engine_base_url, own.engine_model = "CLAUDE", base_url, "m-1"
    for name, value in changed.items():
        setattr(own, name, value)
    own.save()


def ask(company, supporter, numbers, *, at, text="df -h"):
    """A summary in line for each number, the lowest first; each session has one interaction."""
    made = []
    for place, number in enumerate(numbers):
        session = add_session(company, supporter, number)
        Interaction.objects.filter(session=session).delete()
        Interaction.objects.create(
            company=company, session=session, number=1, offset_ms=0, kind="COMMAND", text=f"{text} {number}"
        )
        made.append(request_summary(session=session, actor=supporter, at=at + timedelta(milliseconds=place)))
    return made


def run(at, *, times=1_000_000, seconds_a_look=0):
    """Make all that is in line at *at*. *times*: how often the run is told to go on."""
    left = iter(range(times))
    looks = iter(range(10_000_000))
    return generate_remotely(
        clock=lambda: at + timedelta(seconds=seconds_a_look * next(looks)),
        keep_going=lambda: next(left, None) is not None,
    )


def states(company):
    return list(
        Summary.objects.filter(company=company).order_by("session__number").values_list("state", "engine", "failure")
    )
