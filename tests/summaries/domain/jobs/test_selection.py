"""What is told before a job starts: how many, why not the others, and what it costs."""

import pytest

from accounts.models import AISettings, Role
from summaries.domain.jobs import selection
from summaries.domain.jobs.registry import KINDS
from summaries.domain.keeping import holds
from summaries.enums import SessionList
from summaries.models import Summary
from tests.summaries.domain.jobs.job_cases import (
    add_summaries,
    after,
    ask,
    chosen,
    everything,
    work,
)
from tests.summaries.session_rows import add_session, add_summary

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


def planned(kind, actor, company, at, wanted=None):
    wanted = wanted or everything(list_name=SessionList.REPORTS)
    return selection.plan(kind=KINDS[kind], selection=wanted, company=company, member=actor, at=at)


def left_out(plan):
    return [(count, str(why)) for count, why in plan.left_out]


def test_approving_leaves_out_what_has_no_text(cast, mixed, at):
    plan = planned("approve", cast.mona, cast.northwind, at)

    assert (plan.count, plan.facts) == (1, ())
    assert left_out(plan) == [
        (3, "they have no summary"),
        (1, "their summary is not written yet, or failed"),
        (1, "they are approved already"),
    ]


def test_marking_leaves_out_what_was_marked(cast, mixed, at):
    Summary.objects.filter(session=mixed).update(review="REVIEWED")

    plan = planned("review", cast.mona, cast.northwind, at)

    assert plan.count == 0
    assert left_out(plan)[2:] == [(1, "they are approved already"), (1, "they are marked as reviewed already")]


def test_regenerating_leaves_out_what_can_not_be_summarised(cast, mixed, at):
    add_summary(add_session(cast.northwind, cast.bob, 7), state="QUEUED")
    add_session(cast.northwind, cast.bob, 8, log_deleted_at=at)

    plan = planned("regenerate", cast.mona, cast.northwind, at)

    assert plan.count == 4
    assert left_out(plan) == [
        (1, "they are still running"),
        (1, "they may not be summarised"),
        (1, "their session log was deleted"),
        (1, "their summary is being made at this moment"),
    ]


def test_deleting_logs_leaves_out_what_has_none(cast, mixed, at):
    plan = planned("delete_logs", cast.alice, cast.northwind, at)

    assert (plan.count, left_out(plan)) == (1, [(5, "they have no session log")])


def test_deleting_leaves_out_what_is_under_legal_hold(cast, mixed, at):
    holds.place(company=cast.northwind, reason="A case", actor=cast.alice, at=at, session=mixed)

    plan = planned("delete_reports", cast.alice, cast.northwind, at)

    assert left_out(plan) == [(1, "they are still running"), (1, "they are under legal hold")]


def test_a_hold_on_the_company_leaves_nothing_to_delete(cast, mixed, at):
    holds.place(company=cast.northwind, reason="A case", actor=cast.alice, at=at)

    plan = planned("delete_summaries", cast.alice, cast.northwind, at)

    assert (plan.count, left_out(plan)[-1]) == (0, (3, "they are under legal hold"))


def test_what_the_roles_do_not_reach_is_left_out(cast, mixed, at):
    """Bob reaches his own sessions; a second role lets him see all, but edit none of the others'."""
    add_summary(add_session(cast.northwind, cast.mona, 9))
    cast.bob.groups.add(Role.objects.get(company=cast.northwind, name="Auditor").group)

    plan = planned("review", cast.bob, cast.northwind, at)

    assert (plan.count, left_out(plan)[0]) == (1, (1, "your roles do not allow it for them"))


def test_credits_are_told_before_many_summaries_are_made(cast, at):
    add_summaries(cast.northwind, cast.bob, 3)

    facts = planned("regenerate", cast.mona, cast.northwind, at).facts

    assert [(str(fact.label), fact.value, fact.is_warning) for fact in facts] == [
        ("Credits", "3 needed, 50 available", False)
    ]


def test_too_few_credits_are_told(cast):
    cast.northwind.plan = "BUSINESS"
    cast.northwind.save(update_fields=["plan"])
    for number in range(100, 104):
        add_session(cast.northwind, cast.mona, number)
    work(ask("regenerate", cast.mona, cast.northwind, chosen(*range(100, 104), list_name=SessionList.REPORTS)))
    add_summaries(cast.northwind, cast.bob, 3)

    facts = planned("regenerate", cast.mona, cast.northwind, after(hours=1), everything()).facts

    assert [(str(fact.label), fact.value, fact.is_warning) for fact in facts] == [
        ("Credits", "3 needed, 1 available", True),
        ("Not enough credits", "2 sessions will wait, and are summarised when credits come, oldest first.", True),
    ]


def test_a_session_that_had_its_credit_needs_none(cast, at):
    add_summaries(cast.northwind, cast.bob, 3)
    work(ask("regenerate", cast.mona, cast.northwind, chosen(1, 2)))
    Summary.objects.update(state="READY")

    facts = planned("regenerate", cast.mona, cast.northwind, after(hours=1)).facts

    assert facts[0].value == "1 needed, 48 available"


def test_a_company_that_only_counts_credits_waits_for_none(cast, at):
    AISettings.objects.filter(company=cast.northwind).update(meter_only=True)
    add_summaries(cast.northwind, cast.bob, 3)

    facts = planned("regenerate", cast.mona, cast.northwind, at).facts

    assert [fact.value for fact in facts] == ["3 counted; the company counts and pays none"]
