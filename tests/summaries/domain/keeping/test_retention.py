from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from policies.enums import ConsentAnswer
from summaries.domain.keeping import holds, retention
from summaries.domain.keeping.holds import UnderLegalHold
from summaries.models import ConsentEntry, Interaction, RetentionRun, Summary, SupportSession
from tests.summaries.session_rows import add_interactions, add_session, add_summary

DAY = timedelta(days=1)


def keep(company, *, logs=None, summaries=None, consents=None):
    settings = company.ai_settings
    settings.keep_logs_days, settings.keep_summaries_days, settings.keep_consents_days = logs, summaries, consents
    settings.save(update_fields=["keep_logs_days", "keep_summaries_days", "keep_consents_days"])


def kept(company, supporter, number, *, ended_at, rows=3, **fields):
    """A session with log, summary and consent entry that ended at that moment."""
    session = add_session(
        company,
        supporter,
        number,
        started_at=ended_at - timedelta(minutes=10),
        ended_at=ended_at,
        interaction_count=rows,
        **fields,
    )
    add_interactions(session, rows)
    add_summary(session)
    ConsentEntry.objects.create(
        company=company, session=session, answer=ConsentAnswer.GIVEN, statement="Agreed by phone.", at=ended_at
    )
    return session


@pytest.fixture
def old(cast, at):
    return kept(cast.northwind, cast.bob, 1, ended_at=at - 40 * DAY)


def left():
    """Sessions, interactions, summaries and consent entries of all companies."""
    return tuple(model.objects.count() for model in (SupportSession, Interaction, Summary, ConsentEntry))


def counts(found):
    return found.logs, found.summaries, found.consents, found.held


def test_without_a_time_everything_is_kept_for_good(cast, old, at):
    keep(cast.northwind)

    assert counts(retention.apply(company=cast.northwind, at=at + 36_500 * DAY)) == (0, 0, 0, 0)
    assert left() == (1, 3, 1, 1)


@pytest.mark.parametrize(
    ("clocks", "expected"),
    [
        ({"logs": 30}, (1, 0, 1, 1)),
        ({"summaries": 30}, (1, 3, 0, 1)),
        ({"consents": 30}, (1, 3, 1, 1)),
        ({"logs": 30, "consents": 30}, (1, 0, 1, 1)),
        ({"logs": 30, "summaries": 30, "consents": 30}, (1, 0, 0, 0)),
        ({"logs": 41, "summaries": 41, "consents": 41}, (1, 3, 1, 1)),
    ],
)
def test_each_kind_expires_on_its_own_clock(cast, old, at, clocks, expected):
    keep(cast.northwind, **clocks)
    planned = retention.plan(company=cast.northwind, at=at)

    report = retention.apply(company=cast.northwind, at=at)

    assert left() == expected
    assert counts(report) == (int(expected[1] == 0), int(expected[2] == 0), int(expected[3] == 0), 0)
    assert (planned.logs, planned.summaries) == (report.logs, report.summaries)


def test_a_consent_waits_until_log_and_summary_are_gone(cast, old, at):
    keep(cast.northwind, logs=30, consents=30)

    assert retention.plan(company=cast.northwind, at=at).waiting == 1
    retention.apply(company=cast.northwind, at=at)
    assert retention.plan(company=cast.northwind, at=at).waiting == 1
    keep(cast.northwind, logs=30, summaries=30, consents=30)
    assert counts(retention.apply(company=cast.northwind, at=at)) == (0, 1, 1, 0)


def test_the_other_company_loses_nothing(cast, at):
    kept(cast.contoso, cast.charlie, 1, ended_at=at - 40 * DAY)
    keep(cast.northwind, logs=1, summaries=1, consents=1)

    assert counts(retention.apply(company=cast.northwind, at=at)) == (0, 0, 0, 0)
    assert left() == (1, 3, 1, 1)


@pytest.mark.parametrize(
    ("ended_at", "days", "last_kept"),
    [
        # 29 February: 365 days later is 28 February.
        (datetime(2028, 2, 29, 12, tzinfo=UTC), 365, datetime(2029, 2, 28, 11, 59, 59, tzinfo=UTC)),
        (datetime(2028, 1, 31, 23, 59, 59, tzinfo=UTC), 29, datetime(2028, 2, 29, 23, 59, 58, tzinfo=UTC)),
        # The night in which clocks in Berlin go back: days of 24 hours know nothing of it.
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), 1, datetime(2026, 10, 25, 22, 29, 59, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Europe/Berlin"])
def test_a_clock_counts_whole_days_from_the_end_in_any_time_zone(cast, ended_at, days, last_kept, zone):
    cast.northwind.time_zone = zone
    cast.northwind.save(update_fields=["time_zone"])
    kept(cast.northwind, cast.bob, 1, ended_at=ended_at)
    keep(cast.northwind, logs=days)

    due = [retention.plan(company=cast.northwind, at=last_kept + timedelta(seconds=late)).logs for late in (0, 1)]

    assert due == [0, 1]


@pytest.mark.parametrize("fields", [{"status": "OPEN"}, {"status": "IMPORTING"}])
def test_a_session_that_is_not_over_is_left_alone(cast, at, fields):
    kept(cast.northwind, cast.bob, 1, ended_at=at - 40 * DAY, **fields)
    keep(cast.northwind, logs=1, summaries=1, consents=1)

    assert counts(retention.apply(company=cast.northwind, at=at)) == (0, 0, 0, 0)
    assert left() == (1, 3, 1, 1)


def test_a_hold_on_a_session_keeps_that_session(cast, old, at):
    other = kept(cast.northwind, cast.bob, 2, ended_at=at - 40 * DAY)
    keep(cast.northwind, logs=30, summaries=30, consents=30)
    holds.place(company=cast.northwind, session=other, reason="Case", actor=cast.alice, at=at)

    report = retention.apply(company=cast.northwind, at=at)

    assert counts(report) == (1, 1, 1, 1)
    assert Interaction.objects.filter(session=other).count() == 3 == Interaction.objects.count()


def test_a_hold_on_the_company_keeps_everything_until_it_is_lifted(cast, old, at):
    keep(cast.northwind, logs=30, summaries=30, consents=30)
    hold = holds.place(company=cast.northwind, reason="Case", actor=cast.alice, at=at)

    planned = retention.plan(company=cast.northwind, at=at)
    assert (counts(planned), planned.waiting) == ((0, 0, 0, 1), 0)
    assert counts(retention.apply(company=cast.northwind, at=at)) == (0, 0, 0, 1)
    holds.lift(hold=hold, actor=cast.alice, at=at)
    assert counts(retention.apply(company=cast.northwind, at=at)) == (1, 1, 1, 0)


def test_a_hold_that_is_placed_while_the_run_goes_is_kept(cast, old, at):
    keep(cast.northwind, logs=30, summaries=30)
    asked = []

    def keep_going():
        asked.append(1)
        if len(asked) == 2:
            holds.place(company=cast.northwind, session=old, reason="Case", actor=cast.alice, at=at)
        return True

    report = retention.apply(company=cast.northwind, at=at, keep_going=keep_going)

    assert counts(report) == (1, 0, 0, 0)
    assert Summary.objects.count() == 1
    with pytest.raises(UnderLegalHold):
        holds.check_not_held(session=old)


def test_a_run_tells_the_audit_log_what_it_deleted_and_nothing_of_nothing(cast, old, at):
    keep(cast.northwind, logs=30)
    heard = []

    retention.apply(company=cast.northwind, at=at, actor=cast.alice, progress=heard.append)
    retention.apply(company=cast.northwind, at=at)

    entry = AuditEntry.objects.get(action="retention.applied")
    assert (entry.actor, entry.details) == (cast.alice, {"logs": 1, "summaries": 0, "consents": 0})
    assert heard == [1]


def test_a_run_by_hand_needs_the_permission(cast, old, at):
    keep(cast.northwind, logs=30)

    for actor in (cast.mona, cast.charlie):
        with pytest.raises(PermissionMissing):
            retention.apply(company=cast.northwind, at=at, actor=actor)

    assert (left(), RetentionRun.objects.count()) == ((1, 3, 1, 1), 0)


def test_last_report_is_of_the_companys_last_run(cast, old, at):
    assert retention.last_report(company=cast.northwind) is None
    keep(cast.northwind, logs=30)

    done = retention.apply(company=cast.northwind, at=at)
    retention.apply(company=cast.contoso, at=at + DAY)

    assert retention.last_report(company=cast.northwind) == done
    assert (done.total, done.started_at, done.finished_at, done.is_complete) == (1, at, at, True)


@pytest.mark.parametrize("stop_after", [0, 1, 3, 4, 5])
def test_a_run_that_is_told_to_stop_is_finished_by_the_next(cast, at, stop_after):
    for number in (1, 2):
        kept(cast.northwind, cast.bob, number, ended_at=at - 40 * DAY)
    keep(cast.northwind, logs=30, summaries=30, consents=30)
    asked = iter([*[True] * stop_after, *[False] * 20])

    first = retention.apply(company=cast.northwind, at=at, keep_going=lambda: next(asked))
    second = retention.apply(company=cast.northwind, at=at)

    assert (first.is_complete, second.is_complete) == (stop_after == 5, True)
    assert [first.logs + second.logs, first.summaries + second.summaries, first.consents + second.consents] == [2, 2, 2]
    assert left() == (2, 0, 0, 0)


def test_a_log_whose_deletion_was_cut_off_goes_on_whatever_the_clock(cast, old, at):
    keep(cast.northwind)
    SupportSession.objects.filter(pk=old.pk).update(log_deleted_at=at)

    assert retention.apply(company=cast.northwind, at=at).logs == 1
    assert Interaction.objects.count() == 0


def test_a_run_that_was_cut_off_is_closed_and_told_by_the_next(cast, at):
    cut_off = RetentionRun.objects.create(company=cast.northwind, started_at=at - DAY, logs=7)
    under_way = RetentionRun.objects.create(company=cast.northwind, started_at=at - timedelta(minutes=5), logs=7)

    retention.apply(company=cast.northwind, at=at)

    cut_off.refresh_from_db()
    under_way.refresh_from_db()
    assert (cut_off.finished_at, under_way.finished_at) == (at, None)
    details = {"logs": 7, "summaries": 0, "consents": 0, "cut_off": True}
    assert AuditEntry.objects.get(action="retention.applied").details == details


def test_a_run_that_another_has_closed_is_told_once(cast, old, at):
    keep(cast.northwind, logs=30)

    def closes():
        RetentionRun.objects.update(finished_at=at)
        return True

    retention.apply(company=cast.northwind, at=at, keep_going=closes)

    assert AuditEntry.objects.filter(action="retention.applied").count() == 0


def test_the_row_of_a_deleted_report_goes_with_its_consents(cast, old, at):
    keep(cast.northwind, logs=30, summaries=30, consents=30)
    SupportSession.objects.filter(pk=old.pk).update(status="DELETED")
    Summary.objects.all().delete()

    assert counts(retention.apply(company=cast.northwind, at=at)) == (1, 0, 1, 0)
    assert left() == (0, 0, 0, 0)


def test_plan_counts_so_far_and_no_further(cast, at):
    for number in range(1, 6):
        kept(cast.northwind, cast.bob, number, ended_at=at - 40 * DAY)
    keep(cast.northwind, logs=30)

    assert retention.plan(company=cast.northwind, at=at, at_most=3).logs == 4
    whole = retention.plan(company=cast.northwind, at=at, at_most=None)
    assert (whole.logs, whole.total) == (5, 5)


@pytest.mark.parametrize("rows", [1, 3])
def test_plan_takes_as_many_queries_for_any_number_of_sessions(cast, at, rows, django_assert_num_queries):
    for number in range(rows):
        kept(cast.northwind, cast.bob, number + 1, ended_at=at - 40 * DAY)
    keep(cast.northwind, logs=30, summaries=30, consents=30)

    with django_assert_num_queries(8):
        retention.plan(company=cast.northwind, at=at)


def test_companies_and_apply_to_name_a_company(cast, old, at):
    keep(cast.northwind, logs=30)

    assert list(retention.companies()) == [cast.northwind, cast.contoso]
    assert list(retention.companies(slug="contoso")) == [cast.contoso]
    assert retention.apply_to(company_id=cast.northwind.pk, at=at, keep_going=lambda: True).logs == 1
