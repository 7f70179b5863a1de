"""Which sessions a backlog takes, what it will cost, and who may order, pause, resume and cancel it."""

from datetime import timedelta

import pytest

from accounts.domain import ai_settings
from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from summaries.domain.backlog.orders import (
    BacklogPreview,
    UnableToChange,
    UnableToOrder,
    cancel_backlog,
    order_backlog,
    pause_backlog,
    preview_backlog,
    resume_backlog,
)
from summaries.domain.backlog.reading import backlog_of, last_of_operator, newest_backlogs
from summaries.domain.generation.requests import request_summary
from summaries.domain.reading.filters import SessionFilters
from summaries.models import Backlog, BacklogItem, Summary
from tests.at_once import at_once, seen, shared_database
from tests.summaries.domain.backlog.orders import ALL, add_unsummarised, order
from tests.summaries.domain.remote import point_to
from tests.summaries.session_rows import add_session, add_summary

pytestmark = pytest.mark.django_db


def numbers(backlog):
    items = BacklogItem.objects.filter(backlog=backlog).order_by("pk")
    return list(items.values_list("session__number", flat=True))


def test_it_takes_what_has_no_summary_and_can_have_one_the_oldest_first(cast, at):
    add_unsummarised(cast.northwind, cast.bob, 2, 1)
    add_unsummarised(cast.contoso, cast.charlie, 1)
    add_summary(add_session(cast.northwind, cast.bob, 3))
    add_summary(add_session(cast.northwind, cast.bob, 4), state="FAILED")
    add_summary(add_session(cast.northwind, cast.bob, 5), state="QUEUED")
    add_session(cast.northwind, cast.bob, 6, verdict="NO", reason="OUTGOING_OFF")
    add_session(cast.northwind, cast.bob, 7, status="OPEN", ended_at=None)
    add_session(cast.northwind, cast.bob, 8, log_deleted_at=at)
    add_session(cast.northwind, cast.bob, 9, summary_deleted_at=at)
    add_session(cast.northwind, cast.bob, 10, status="DELETED")

    assert numbers(order(cast.northwind, None, at)) == [1, 2, 4]
    assert preview_backlog(company=cast.northwind, actor=cast.mona, filters=ALL, at=at).sessions == 3


def test_it_takes_what_the_filters_find_and_keeps_them(cast, at):
    add_unsummarised(cast.northwind, cast.bob, 1)
    add_unsummarised(cast.northwind, cast.alice, 2)
    filters = SessionFilters(period="all", supporter=("me",))

    backlog = order_backlog(company=cast.northwind, actor=cast.alice, filters=filters, at=at)

    assert (numbers(backlog), backlog.query) == ([2], "supporter=me&period=all")


def test_the_preview_counts_credits_that_are_not_paid_yet(cast, at):
    sessions = add_unsummarised(cast.northwind, cast.bob, 1, 2)
    request_summary(session=sessions[0], actor=cast.bob, at=at)
    Summary.objects.update(state="FAILED")

    preview = preview_backlog(company=cast.northwind, actor=cast.mona, filters=ALL, at=at)

    assert preview == BacklogPreview(sessions=2, credits=1, available=49, most=5000)
    assert preview.is_short is False
    cast.northwind.ai_settings.meter_only = True
    cast.northwind.ai_settings.save()
    metered = preview_backlog(company=cast.northwind, actor=cast.mona, filters=ALL, at=at)
    assert (metered.available, metered.is_short) == (None, False)


def test_an_order_takes_the_company_s_engine_and_language_or_the_wished_one(cast, at):
    add_unsummarised(cast.northwind, cast.bob, 1)
    add_unsummarised(cast.contoso, cast.charlie, 1)
    point_to(cast.contoso, "http://127.0.0.1:9")

    ours, theirs = order(cast.northwind, cast.mona, at, language="de"), order(cast.contoso, cast.charlie, at)

    assert (ours.engine, ours.way, ours.language) == ("BUILT_IN", "ONE_BY_ONE", "de")
    assert (theirs.engine, theirs.way, theirs.language) == ("CLAUDE", "BATCHES", "en")


@pytest.mark.parametrize("name", ["charlie"])
def test_who_may_not_generate_orders_nothing(cast, at, name):
    add_unsummarised(cast.northwind, cast.bob, 1)

    with pytest.raises(PermissionMissing):
        order(cast.northwind, getattr(cast, name), at)

    assert Backlog.objects.count() == 0


def test_nothing_is_ordered_of_no_session_of_too_many_or_without_ai_features(cast, at, settings):
    with pytest.raises(UnableToOrder, match="No session of this choice lacks"):
        order(cast.northwind, cast.mona, at)
    settings.BACKLOG_MAX_SESSIONS = 1
    add_unsummarised(cast.northwind, cast.bob, 1, 2)
    with pytest.raises(UnableToOrder, match="up to 1 sessions"):
        order(cast.northwind, cast.mona, at)
    ai_settings.deactivate(company=cast.northwind, actor=cast.alice, at=at)
    with pytest.raises(UnableToOrder, match="AI features are off"):
        order(cast.northwind, cast.mona, at)

    assert Backlog.objects.count() == 0


@pytest.mark.parametrize("who", ["mona", None])
def test_one_open_backlog_of_a_member_at_a_time(cast, at, who):
    actor = getattr(cast, who) if who else None
    add_unsummarised(cast.northwind, cast.bob, 1)
    first = order(cast.northwind, actor, at)

    with pytest.raises(UnableToOrder, match="is not finished yet"):
        order(cast.northwind, actor, at)

    cancel_backlog(backlog=first, actor=actor, at=at)
    assert order(cast.northwind, actor, at).total == 1


@pytest.mark.django_db(transaction=True)
def test_an_order_that_is_sent_twice_at_once_is_one(cast, at, tmp_path):
    add_unsummarised(cast.northwind, cast.bob, 1)

    with shared_database(tmp_path):
        outcomes = at_once(*[lambda: order(cast.northwind, cast.mona, at).total] * 2)
        made = seen(lambda: (Backlog.objects.count(), BacklogItem.objects.count()))

    assert sorted(outcomes, key=str) == [1, UnableToOrder]
    assert made == (1, 1)


@pytest.mark.parametrize("change", [pause_backlog, resume_backlog, cancel_backlog])
def test_another_s_backlog_is_changed_by_administrators_alone(cast, at, change):
    add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)
    if change is resume_backlog:
        pause_backlog(backlog=backlog, actor=cast.mona, at=at)

    for stranger in (cast.bob, cast.charlie):
        with pytest.raises(PermissionMissing, match="another member's backlog"):
            change(backlog=backlog, actor=stranger, at=at)
    change(backlog=backlog, actor=cast.alice, at=at)

    with pytest.raises(UnableToChange):
        change(backlog=backlog, actor=cast.alice, at=at)
    assert AuditEntry.objects.filter(action__startswith="backlog.", actor=cast.alice).count() == 1


def test_lists_hold_one_s_own_and_for_administrators_all(cast, at):
    add_unsummarised(cast.northwind, cast.bob, 1)
    add_unsummarised(cast.contoso, cast.charlie, 1)
    ours = order(cast.northwind, cast.mona, at)
    theirs = order(cast.contoso, cast.charlie, at + timedelta(minutes=1))

    def listed(user, company):
        return [each.backlog.pk for each in newest_backlogs(company=company, viewer=user)]

    assert listed(cast.mona, cast.northwind) == listed(cast.alice, cast.northwind) == [ours.pk]
    assert listed(cast.bob, cast.northwind) == listed(cast.charlie, cast.northwind) == []
    assert list(Backlog.objects.visible_to(None)) == []
    assert list(BacklogItem.objects.visible_to(cast.charlie).values_list("backlog", flat=True)) == [theirs.pk]
    assert last_of_operator(company=cast.northwind) == ours


def test_progress_of_nothing_is_whole(cast, at):
    add_unsummarised(cast.northwind, cast.bob, 1)
    backlog = order(cast.northwind, cast.mona, at)
    Backlog.objects.update(total=0)

    progress = backlog_of(company=cast.northwind, viewer=cast.mona, public_id=backlog.public_id)

    assert (progress.percent, progress.waiting, str(progress.backlog)) == (100, 1, "0 sessions, 2026-11-20 09:00")
