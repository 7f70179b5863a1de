"""Imports that meet another import, or whose process died."""

import pytest

from policies.enums import Reason, Verdict
from policies.models import Device
from summaries.domain.imports import attempts as import_attempts
from summaries.domain.imports import steps as import_steps
from summaries.domain.imports.attempts import sweep_abandoned
from summaries.domain.imports.recordings import UnableToImport, import_recording
from summaries.enums import SessionStatus, SummaryState
from summaries.models import SupportSession
from summaries.sources import registry
from summaries.sources.base import UnableToRead
from tests.summaries.conftest import order_of, row_counts


def test_two_imports_of_one_file_at_the_same_moment_are_one_session(cast, at):
    """The second import runs, whole, while the first is in the middle: the unique recording decides."""
    inner = []

    def import_it_meanwhile(position):
        if not inner:
            inner.append(import_recording(order=order_of(cast.northwind, cast.bob, at=at)))

    outer = import_recording(order=order_of(cast.northwind, cast.mona, at=at), on_progress=import_it_meanwhile)

    assert (inner[0].created, outer.created) == (True, False)
    assert outer.session.pk == inner[0].session.pk
    assert row_counts()[0] == 1


def test_a_recording_whose_session_one_may_not_see_is_refused_and_left_alone(cast, at):
    cast.northwind.memberships.filter(user=cast.mona).update(log_sessions=False)
    known = import_recording(order=order_of(cast.northwind, cast.mona, at=at)).session
    cast.northwind.memberships.filter(user=cast.mona).update(log_sessions=True)
    before = row_counts()

    with pytest.raises(UnableToImport, match="there already, as a session that your roles do not reach"):
        import_recording(order=order_of(cast.northwind, cast.bob, at=at))

    assert row_counts() == before
    assert SupportSession.objects.get(pk=known.pk).status == SessionStatus.ENDED


def test_an_import_overtaken_by_one_that_one_may_not_see_leaves_nothing(cast, at):
    inner = []

    def import_it_meanwhile(position):
        if not inner:
            inner.append(import_recording(order=order_of(cast.northwind, cast.mona, at=at)))

    with pytest.raises(UnableToImport, match="your roles do not reach"):
        import_recording(order=order_of(cast.northwind, cast.bob, at=at), on_progress=import_it_meanwhile)

    assert row_counts()[0] == 1


def test_reopening_a_session_that_another_import_holds_is_refused(cast, at):
    cast.northwind.memberships.filter(user=cast.bob).update(log_sessions=False)
    session = import_recording(order=order_of(cast.northwind, cast.bob, at=at)).session
    held = SupportSession.objects.get()
    SupportSession.objects.update(status=SessionStatus.IMPORTING)

    with pytest.raises(UnableToImport, match="imported by somebody else"):
        import_steps.reopen(
            held, order=order_of(cast.northwind, cast.bob, at=at), source=registry.source_by_code("ASCIICAST")
        )

    assert SupportSession.objects.get().pk == session.pk


def test_the_sweeper_clears_an_import_whose_process_died(cast, at, later):
    source = registry.source_by_code("ASCIICAST")
    order = order_of(cast.northwind, cast.bob, at=at)
    session = import_steps.begin(order=order, source=source)
    import_steps.read(session=session, order=order, source=source, on_progress=None)

    assert SupportSession.objects.visible_to(cast.alice).count() == 0
    assert sweep_abandoned(at=at) == 0
    assert sweep_abandoned(at=later) == 1
    assert row_counts() == (0, 0, 0, 0)


def test_the_sweeper_keeps_the_connection_report_of_a_reopened_session(cast, at, later):
    cast.northwind.memberships.filter(user=cast.bob).update(log_sessions=False)
    session = import_recording(order=order_of(cast.northwind, cast.bob, at=at)).session
    SupportSession.objects.update(status=SessionStatus.IMPORTING)

    sweep_abandoned(at=later)

    session.refresh_from_db()
    assert session.status == SessionStatus.ENDED


def test_a_reopened_import_that_is_cut_off_stays_the_report_that_it_was_and_can_be_taken_again(cast, at, later):
    members = cast.northwind.memberships.filter(user=cast.bob)
    members.update(log_sessions=False)
    report = import_recording(order=order_of(cast.northwind, cast.bob, at=at)).session
    members.update(log_sessions=True)

    def cut_off(position):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_recording(order=order_of(cast.northwind, cast.bob, at=later), on_progress=cut_off)

    report.refresh_from_db()
    assert (report.status, report.verdict, report.reason) == (
        SessionStatus.ENDED,
        Verdict.NO,
        Reason.SUPPORTER_NOT_LOGGED,
    )
    assert row_counts() == (1, 0, 1, 0)
    import_recording(order=order_of(cast.northwind, cast.bob, at=later))
    report.refresh_from_db()
    assert (report.verdict, report.summary.state) == (Verdict.YES, SummaryState.QUEUED)


def test_a_recording_whose_reopened_import_is_under_way_is_refused(cast, at):
    members = cast.northwind.memberships.filter(user=cast.bob)
    members.update(log_sessions=False)
    import_recording(order=order_of(cast.northwind, cast.bob, at=at))
    SupportSession.objects.update(status=SessionStatus.IMPORTING)

    with pytest.raises(UnableToImport, match="imported by somebody else right now"):
        import_recording(order=order_of(cast.northwind, cast.bob, at=at))


def test_an_import_that_was_given_up_while_it_ran_leaves_nothing_and_says_so(cast, at, later):
    def give_up(position):
        sweep_abandoned(at=later)

    with pytest.raises(UnableToImport, match="stood still for hours and was given up"):
        import_recording(order=order_of(cast.northwind, cast.bob, at=at), on_progress=give_up)

    assert row_counts() == (0, 0, 0, 0)


def test_the_sweeper_lets_an_import_alone_that_ends_before_it_looks_again(cast, at):
    session = import_recording(order=order_of(cast.northwind, cast.bob, at=at)).session
    before = row_counts()

    assert import_attempts.undo(session) is False

    assert row_counts() == before


def test_a_refused_recording_leaves_no_device(cast, at):
    order = order_of(cast.northwind, cast.bob, at=at, device_name="NEW-01")

    def refuse(position):
        raise UnableToRead("The recording breaks off.")

    with pytest.raises(UnableToImport, match="breaks off"):
        import_recording(order=order, on_progress=refuse)

    assert Device.objects.count() == 0
