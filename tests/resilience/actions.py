"""What a worker of these tests can be told to do, each in a process of its own. Moments are ISO texts."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.models import Sum

from accounts.domain.companies import create_company
from accounts.domain.engine_keys import set_engine_key
from accounts.domain.members import add_member
from accounts.enums import EngineName
from accounts.models import AISettings, AuditEntry, Company, User
from credits.models import Reservation
from policies.enums import ConsentAnswer
from policies.models import Device
from summaries.domain import capture
from summaries.domain.generation import requests as generation
from summaries.domain.generation import runs as generation_runs
from summaries.domain.imports import attempts as import_attempts
from summaries.domain.imports.recordings import ImportOrder, UnableToImport, import_recording
from summaries.domain.keeping import data_subjects, erasure, forgetting, retention, scrubbing
from summaries.domain.reading.search import normalise
from summaries.enums import Kind
from summaries.models import (
    ConsentEntry,
    EngineRun,
    Interaction,
    RetentionRun,
    Summary,
    SummaryRevision,
    SupportSession,
)
from summaries.sources.base import CapturedInteraction, RecordingFile
from tests.conftest import activate_ai
from tests.messages_server import MODEL
from tests.resilience import backlog_actions, credit_actions, notice_actions

backlog_state = backlog_actions.backlog_state
order_backlog = backlog_actions.order_backlog
work_at_backlogs = backlog_actions.work_at_backlogs
give_back = credit_actions.give_back
ledger = credit_actions.ledger
lose_summaries = credit_actions.lose_summaries
announce_one = notice_actions.announce_one
keep_company_up = notice_actions.keep_company_up
keep_up = notice_actions.keep_up
listen = notice_actions.listen
send_webhooks = notice_actions.send_webhooks
upkeep_state = notice_actions.upkeep_state
used_credits = notice_actions.used_credits
webhook_state = notice_actions.webhook_state

RECORDINGS = Path(__file__).parents[1] / "recordings"


def found(*, slug: str, at: str, outgoing: bool = True) -> None:
    """A company whose administrator supports too."""
    company = create_company(name=slug.title(), slug=slug, plan="TENSOR", at=datetime.fromisoformat(at))
    add_member(
        company=company,
        email=f"alice@{slug}.example",
        name="Alice",
        role_names=["Administrator"],
        password="a-long-enough-password",
        at=datetime.fromisoformat(at),
    )
    activate_ai(company, _alice(slug))
    set_outgoing(slug=slug, enabled=outgoing)


def set_outgoing(*, slug: str, enabled: bool) -> None:
    AISettings.objects.filter(company__slug=slug).update(outgoing_enabled=enabled)


def use_claude(*, slug: str, base_url: str, at: str) -> None:
    """Let the company's summaries be written by the Messages API at *base_url*."""
    ai_settings = AISettings.objects.get(company__slug=slug)
    ai_settings.engine, ai_settings.engine_base_url = EngineName.CLAUDE, base_url
    ai_settings.engine_model = MODEL
    ai_settings.save()
    set_engine_key(ai_settings=ai_settings, key="a-key", actor=_alice(slug), at=datetime.fromisoformat(at))


def take_in(*, slug: str, recording: str, at: str, lenient: bool = False) -> bool | str:
    """Import a recording of the tests, or one at an absolute path. Returns whether a session came of it that was not
    there before; with *lenient* also the refusal."""
    alice = _alice(slug)
    with (RECORDINGS / recording).open("rb") as stream:
        order = ImportOrder(
            company=Company.objects.get(slug=slug),
            recording=RecordingFile(stream, recording),
            supporter=alice,
            consent_statement="Agreed by phone at 10:02.",
            actor=alice,
            at=datetime.fromisoformat(at),
            device_name="WEB-03",
        )
        try:
            return import_recording(order=order).created
        except UnableToImport as refusal:
            if lenient:
                return str(refusal)
            raise


def summarise(*, slug: str, at: str) -> None:
    """Run the task of every summary of the company."""
    for summary_id in Summary.objects.filter(company__slug=slug).values_list("pk", flat=True):
        generation.generate(summary_id=summary_id, clock=lambda: datetime.fromisoformat(at))


def expire_leases(*, at: str) -> None:
    """Put the end of every lease before *at*: the queue's own clock set it."""
    Summary.objects.filter(claimed_until__isnull=False).update(
        claimed_until=datetime.fromisoformat(at) - timedelta(minutes=1)
    )
    EngineRun.objects.filter(held_until__isnull=False).update(
        held_until=datetime.fromisoformat(at) - timedelta(minutes=1)
    )


def remotely(*, at: str) -> int:
    """Make all that waits for remote engines, as one queue task does."""
    return generation_runs.generate_remotely(clock=lambda: datetime.fromisoformat(at), keep_going=lambda: True)


def sweep(*, at: str) -> None:
    generation.sweep(at=datetime.fromisoformat(at))
    import_attempts.sweep_abandoned(at=datetime.fromisoformat(at))


def keep(*, slug: str, days: int) -> None:
    """Let logs, summaries and consents of the company be kept for so many days."""
    AISettings.objects.filter(company__slug=slug).update(
        keep_logs_days=days, keep_summaries_days=days, keep_consents_days=days
    )


def retain(*, slug: str, at: str, chunk: int) -> list[int]:
    """Apply the company's retention, a log by *chunk* rows. Returns what this run deleted."""
    forgetting.CHUNK = chunk
    report = retention.apply(company=Company.objects.get(slug=slug), at=datetime.fromisoformat(at))
    return [report.logs, report.summaries, report.consents]


def meet(*, slug: str, name: str, at: str) -> None:
    """A session in which the remote user *name* stands in report, log and summary."""
    alice, moment = _alice(slug), datetime.fromisoformat(at)
    company = Company.objects.get(slug=slug)
    session = capture.open_session(
        company=company,
        supporter=alice,
        actor=alice,
        at=moment,
        device_name=f"PC of {name}",
        remote_user=name,
        notes=f"call {name}",
    )
    answer = {"answer": ConsentAnswer.GIVEN, "statement": "Agreed by phone."}
    capture.record_consent(session=session, actor=alice, at=moment, **answer)
    said = [CapturedInteraction(0, Kind.COMMAND, f"echo {name}"), CapturedInteraction(1, Kind.OUTPUT, f"{name} failed")]
    batch = [capture.SequencedInteraction(number, each) for number, each in enumerate(said, start=1)]
    capture.append_interactions(session=session, batch=batch)
    capture.end_session(session=session, actor=alice, at=moment + timedelta(minutes=5))
    summarise(slug=slug, at=at)


def erase(*, slug: str, kind: str, name: str, at: str) -> int:
    """Returns the number of sessions that were emptied."""
    subject = data_subjects.find(company=Company.objects.get(slug=slug), kind=kind, key=name, actor=None)
    done = erasure.erase(subject=subject, actor=None, at=datetime.fromisoformat(at)).sessions
    scrubbing.scrub()
    return done


def holding(*, word: str) -> list[str]:
    """Names of the tables that hold the word anywhere."""
    return sorted(
        {
            model.__name__
            for model in apps.get_models(include_auto_created=True)
            for row in model._base_manager.values()
            if word in str(row).lower()
        }
    )


def deleted(*, slug: str) -> list[int]:
    """What all runs of the company together deleted."""
    runs = RetentionRun.objects.filter(company__slug=slug)
    sums = runs.aggregate(logs=Sum("logs"), summaries=Sum("summaries"), consents=Sum("consents"))
    return [sums["logs"], sums["summaries"], sums["consents"]]


def state(*, slug: str) -> dict[str, Any]:
    """All that a company holds of its sessions.

    Not what is drawn by lot (keys, claims), nor the session's number, which an import that is cut off uses up.
    """
    mine = {"company__slug": slug}
    return {
        "visible": SupportSession.objects.visible_to(_alice(slug)).count(),
        "sessions": [_session(each) for each in SupportSession.objects.filter(**mine).order_by("pk")],
        "consents": list(ConsentEntry.objects.filter(**mine).values_list("answer", "statement")),
        "devices": list(Device.objects.filter(**mine).values_list("name", flat=True)),
        "interactions": Interaction.objects.filter(session__company__slug=slug).count(),
        "summaries": [_summary(each) for each in Summary.objects.filter(**mine)],
        "revisions": list(SummaryRevision.objects.filter(**mine).values_list("number", "content")),
        "credits": list(Reservation.objects.filter(**mine).values_list("state", flat=True)),
        "audit": list(
            AuditEntry.objects.filter(**mine, object_type="supportsession")
            .order_by("pk")
            .values_list("action", flat=True)
        ),
    }


def _session(session: SupportSession) -> dict[str, Any]:
    rows = Interaction.objects.filter(session=session).order_by("number")
    return {
        "status": session.status,
        "verdict": session.verdict,
        "recognisable": session.source_digest != "",
        "interaction_count": session.interaction_count,
        "log": [[row.number, row.offset_ms, row.kind, row.text] for row in rows],
        "redaction_counts": session.redaction_counts,
        "duration": str(session.duration),
        "search_text": session.search_text.replace(normalise(session.label), ""),
    }


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "state": summary.state,
        "claimed": summary.claim is not None,
        "current": summary.current.number if summary.current else None,
        "title": summary.title,
        "engine": summary.engine,
        "failure": summary.failure,
    }


def _alice(slug: str) -> User:
    return User.objects.get(email=f"alice@{slug}.example")
