"""The service report of one session, as values: everything that stands on the paper, in the summary's language."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.domain.pseudonyms import SupporterNames
from accounts.enums import BillingRounding, EngineName
from accounts.models import Company, User
from insights_portal.lib.text import show_controls
from policies.enums import Verdict
from policies.models import Device
from summaries.content import SessionFacts, Statement, Step, SummaryContent, content_from_json, facts_from_json
from summaries.domain.evidence.prose import Run, runs_of
from summaries.domain.reports.billing import billable_minutes, billing_rule_of
from summaries.domain.reports.language import ReportLanguage
from summaries.domain.reports.layouts import number_of
from summaries.domain.reports.report_values import Letterhead, Line, Particular, Section, ServiceReport
from summaries.domain.reports.words.monthly import MONTHLY
from summaries.enums import Outcome, ReviewState, SessionStatus
from summaries.models import ReportLayout, Summary, SummaryRevision, SupportSession

#: Longest list and statement on paper; a reader finds the rest in the portal, and one report stays one report.
MAX_ROWS = 300
MAX_STATEMENT_CHARS = 2_000
MAX_EVIDENCE = 12
EVERYBODY_BY_NAME = SupporterNames()


def build_report(
    *,
    session: SupportSession,
    summary: Summary | None,
    revision: SummaryRevision | None,
    language: str,
    names: SupporterNames = EVERYBODY_BY_NAME,
    layout: ReportLayout | None = None,
) -> ServiceReport:
    """Lay out the report of *session*: with its summary's *revision*, or saying why there is no summary.

    *language* (a SummaryLanguage value) is used where there is no revision to name one. Company, device and
    supporter of the session and the summary's reviewer should be loaded already. *names*: how the reader calls members.
    *layout*: how the company wants it to look; None: as every company's begins.
    """
    company, layout = session.company, layout or ReportLayout()
    words = ReportLanguage(language=revision.language if revision else language, zone=ZoneInfo(company.time_zone))
    content = content_from_json(revision.content) if revision else None
    facts = facts_from_json(revision.facts) if revision and revision.facts else SessionFacts()
    sections = _sections(session, content, facts, words, layout) if content else ()
    return ServiceReport(
        language=words.language,
        direction=words.direction,
        letterhead=letterhead_of(company, layout),
        name=words["report"],
        number=number_of(layout.number_format, session=session, zone=words.zone),
        ticket=f"{words['ticket']} {words.apart(show_controls(session.ticket))}" if session.ticket else "",
        date=words.long_date(session.ended_at or session.started_at),
        title=show_controls(content.title if content else words["remote_support"]),
        subtitle=_subtitle(session, words),
        particulars=_particulars(session, words, names),
        sections=sections or _no_summary(session, summary, words, layout),
        notice=_notice(summary, revision, words, names) if summary and revision else "",
        signatures=(words["supporter_signature"], words["customer_signature"]) if layout.shows_signatures else (),
        page=words["page"],
        of=words["of"],
        written_at=revision.created_at if revision else session.ended_at or session.started_at,
    )


def letterhead_of(company: Company, layout: ReportLayout) -> Letterhead:
    """Under the company's name stand its own lines, or its address and mail on one."""
    contact = " · ".join(filter(None, (company.address, company.contact_email)))
    return Letterhead(
        company=show_controls(company.name),
        lines=tuple(show_controls(line) for line in (layout.letterhead or contact).splitlines()),
        logo=bytes(layout.logo),
        logo_text=show_controls(layout.logo_text or company.name),
        accent=layout.accent,
        footer=show_controls(layout.footer),
    )


def _subtitle(session: SupportSession, words: ReportLanguage) -> str:
    device = show_controls(session.device.name) if session.device else ""
    subject = words["of_device"].format(device) if device else words["remote_support"]
    return words.listed((subject, words[session.direction]))


def _particulars(session: SupportSession, words: ReportLanguage, names: SupporterNames) -> tuple[Particular, ...]:
    device = session.device
    rows = [
        (words["customer"], show_controls(device.customer) if device else ""),
        (words["device"], _device(device)),
        (words["supporter"], show_controls(names.name_of(session.supporter_id, str(session.supporter)))),
        (words["start"], words.moment(session.started_at)),
        (words["end"], words.moment(session.ended_at) if session.ended_at else words["running"]),
        (words["billable"], _billable(session, words)),
        (words["remote_user"], show_controls(session.remote_user)),
        (words["fee"], show_controls(f"{session.fee} {session.currency}".strip()) if session.fee is not None else ""),
    ]
    always = 6
    kept = [row for place, row in enumerate(rows) if place < always or row[1]]
    return tuple(Particular(label, value or "–") for label, value in kept)


def _device(device: Device | None) -> str:
    named = filter(None, (device.name, device.operating_system)) if device else ()
    return show_controls(", ".join(named))


def _billable(session: SupportSession, words: ReportLanguage) -> str:
    if session.duration is None:
        return ""
    rule = billing_rule_of(session.company)
    billed = timedelta(minutes=billable_minutes(session.duration, rule))
    lasted, billable = words.duration(session.duration), words.duration(billed)
    if rule.rounding == BillingRounding.NONE:
        told = words.listed((lasted, billable))
    else:
        told = words["billable_value"].format(lasted, billable, rule.step)
    # As the monthly report words it; a session that took no time has none.
    return f"{told} – {MONTHLY[words.language]['minimum'].format(rule.minimum)}" if billed and rule.minimum else told


def _sections(
    session: SupportSession,
    content: SummaryContent,
    facts: SessionFacts,
    words: ReportLanguage,
    layout: ReportLayout,
) -> tuple[Section, ...]:
    outcome = Section(
        words["outcome"],
        _lines(content.outcome_statements, words, layout),
        badge=words[content.outcome],
        tone=content.outcome,
    )
    steps = tuple(_step_line(session, step, words, layout) for step in content.steps[:MAX_ROWS])
    named = _applications(content, facts, words) if layout.shows_applications else ""
    open_points = content.open_points if layout.shows_open_points else ()
    sections = (
        Section(words["problem"], _lines(content.problem, words, layout)),
        Section(words["cause"], _lines(content.cause, words, layout)),
        Section(words["work_done"], (*steps, *_rest(len(content.steps), words)), is_numbered=True),
        outcome,
        Section(words["open_points"], _lines(open_points, words, layout)),
        Section(words["missing_data"], _plain(content.missing_data, words)),
        Section(words["applications"], (Line((Run(named),), written=words.direction),) if named else ()),
        _notes(session, words, layout),
    )
    return tuple(section for section in sections if section.lines or section.badge)


def _notes(session: SupportSession, words: ReportLanguage, layout: ReportLayout) -> Section:
    shown = layout.shows_notes and session.notes
    return Section(words["notes"], _plain((session.notes,) if shown else (), words))


def _no_summary(
    session: SupportSession, summary: Summary | None, words: ReportLanguage, layout: ReportLayout
) -> tuple[Section, ...]:
    reason = words[_reason(session, summary)]
    sentence = f"{reason[0].upper()}{reason[1:]}."
    told = Section(words["no_summary"], _plain((sentence,), words), tone=Outcome.UNKNOWN)
    notes = _notes(session, words, layout)
    return (told, notes) if notes.lines else (told,)


def _reason(session: SupportSession, summary: Summary | None) -> str:
    """The name of the words that say why there is no summary."""
    if session.verdict != Verdict.YES:
        return session.reason
    if summary is not None:
        return summary.state
    return "NOT_REQUESTED" if session.status == SessionStatus.ENDED else "STILL_RUNNING"


def _lines(statements: tuple[Statement, ...], words: ReportLanguage, layout: ReportLayout) -> tuple[Line, ...]:
    kept = (
        Line(
            runs_of(_cut(one.text)),
            mark="" if one.stands else words["not_supported"],
            evidence=_evidence(one, layout),
        )
        for one in statements[:MAX_ROWS]
    )
    return (*kept, *_rest(len(statements), words))


def _plain(texts: Iterable[str], words: ReportLanguage) -> tuple[Line, ...]:
    rows = tuple(texts)
    return (*(Line((Run(_cut(text)),)) for text in rows[:MAX_ROWS]), *_rest(len(rows), words))


def _rest(count: int, words: ReportLanguage) -> tuple[Line, ...]:
    return (Line((Run(words["more"].format(count - MAX_ROWS)),)),) if count > MAX_ROWS else ()


def _step_line(session: SupportSession, step: Step, words: ReportLanguage, layout: ReportLayout) -> Line:
    clock = words.clock(session.moment_of(step.offset_ms)) if step.offset_ms is not None else ""
    mark = "" if step.action.stands else words["not_supported"]
    commands = tuple(_cut(command) for command in step.commands) if layout.shows_commands else ()
    return Line(runs_of(_cut(step.action.text), commands=commands), clock, mark, _evidence(step.action, layout))


def _evidence(statement: Statement, layout: ReportLayout) -> tuple[int, ...]:
    return statement.evidence[:MAX_EVIDENCE] if layout.shows_evidence else ()


def _applications(content: SummaryContent, facts: SessionFacts, words: ReportLanguage) -> str:
    timed = [
        f"{words.apart(_cut(app.name))} {words.duration(timedelta(milliseconds=app.milliseconds))}"
        for app in facts.applications
    ]
    return _shortened(words.listed(timed or [words.apart(_cut(name)) for name in content.applications]))


def _notice(summary: Summary, revision: SummaryRevision, words: ReportLanguage, names: SupporterNames) -> str:
    day = words.short_date(revision.created_at)
    if revision.engine:
        engine = (
            words["BUILT_IN"] if revision.engine == EngineName.BUILT_IN else show_controls(revision.model or "Claude")
        )
        written = words["written"].format(engine, day)
    else:
        written = words["edited"].format(_called(revision.author, names), day)
    reviewed = words[ReviewState.AI_GENERATED]
    if summary.reviewed_by and summary.reviewed_at and summary.review != ReviewState.AI_GENERATED:
        reviewed = words[summary.review].format(
            _called(summary.reviewed_by, names), words.short_date(summary.reviewed_at)
        )
    return words.sentences(words.listed((written, reviewed)), _masked(revision.redaction, words))


def _called(user: User | None, names: SupporterNames) -> str:
    return show_controls(names.name_of(user.pk, str(user))) if user else "–"


def _masked(counts: dict[str, Any], words: ReportLanguage) -> str:
    listed = words.listed(show_controls(words.masked(code, count)) for code, count in counts.items() if count)
    return words["masked"].format(listed) if listed else words["nothing_masked"]


def _cut(text: str) -> str:
    return _shortened(show_controls(text.strip()))


def _shortened(shown: str) -> str:
    return shown if len(shown) <= MAX_STATEMENT_CHARS else f"{shown[: MAX_STATEMENT_CHARS - 1]}…"
