import ast
import re
from pathlib import Path

import pytest
from django.contrib import admin

from accounts.domain import audit_actions
from accounts.domain.audit_words import Change, changes_of, summary_of, title_of
from accounts.scoped_admin import CompanyScopedAdmin
from summaries.enums import ReviewState

ROOT = Path(__file__).resolve().parents[3]
ACTION = re.compile(r"^[a-z_]+\.[a-z_]+$")
ROLE = {"name": "Supporter", "permissions": ["view_summaries"]}


def recorded_actions():
    """Every action that the source names where it records: `action="…"` and what a variable of that name gets."""
    for app in ("accounts", "policies", "credits", "summaries"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                named = isinstance(node, ast.keyword) and node.arg == "action"
                assigned = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "action"
                if named or assigned:
                    constants = (each.value for each in ast.walk(node.value) if isinstance(each, ast.Constant))
                    yield from (text for text in constants if isinstance(text, str) and ACTION.match(text))


def composed_actions():
    """Actions that are put together from a model or a state."""
    for model, page in admin.site._registry.items():
        if isinstance(page, CompanyScopedAdmin) and type(page).save_model is CompanyScopedAdmin.save_model:
            yield from (f"{model._meta.model_name}.{verb}" for verb in ("created", "changed", "deleted"))
    yield from (f"summary.{state.lower()}" for state in (ReviewState.REVIEWED, ReviewState.APPROVED))
    yield from (f"member.{verb}" for verb in ("mfa_added", "mfa_removed", "mfa_codes_renewed"))


def test_every_recorded_action_has_words():
    found = {*recorded_actions(), *composed_actions()} - {
        "auditentry.created",
        "auditentry.changed",
        "auditentry.deleted",
    }

    assert len(found) > 30
    assert sorted(found - set(audit_actions.WORDS)) == []


def test_no_action_stands_in_two_groups():
    actions = [action for group in audit_actions.GROUPS.values() for action in group]

    assert len(actions) == len(set(actions))


def test_an_unknown_action_is_shown_by_its_own_words():
    assert title_of("ticket.sent_again") == "Ticket sent again"
    assert title_of("a\x1b.b") == "A‹U+001B› b"


@pytest.mark.parametrize(
    ("details", "told"),
    [
        ({}, ""),
        ({"name": "ACC-14"}, "ACC-14"),
        ({"log_sessions": True}, "log sessions: on"),
        ({"answer": None, "filters": {}, "list": []}, "answer: –; filters: –; list: –"),
        ({"minutes": {"before": 5, "after": 15}}, "minutes: 5 → 15"),
        (
            {"before": ROLE, "after": {**ROLE, "permissions": ["view_summaries", "export_summaries"]}},
            "Supporter + Export summaries",
        ),
        (
            {"before": ROLE, "after": {"name": "Helper", "permissions": []}},
            "Supporter name: Supporter → Helper; − View summaries",
        ),
        ({"before": {"on": False}, "after": {"on": True, "roles": ["A"]}}, "on: off → on; + A"),
        ({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}, "a: 1; b: 2; c: 3; 2 more"),
        ({"filters": {"q": "x", "since": "2026-01-01"}}, "filters: q x, since 2026-01-01"),
        ({"name": "x" * 90}, f"{'x' * 79}…"),
        ({"a\x1b": "b\x07"}, "a‹U+001B›: b‹U+0007›"),
    ],
)
def test_details_are_told_in_a_line(details, told):
    assert summary_of(details) == told


def test_what_stayed_as_it_was_is_no_change():
    details = {"before": ROLE, "after": {**ROLE, "name": "Helper"}}

    assert changes_of(details) == [Change("name", "Helper", "Supporter")]


def test_codes_are_told_in_words_and_names_as_they_are():
    said = summary_of({"engine": "BUILT_IN", "supporters": {"before": "ALL", "after": "EXCEPT"}, "group": "ALL"})

    assert said == "engine: Built-in (offline); supporters: All → All but these groups; group: ALL"


def test_lists_of_names_hold_no_codes():
    assert changes_of({"devices": ["ALL", "RCP-07"]}) == [Change("devices", "ALL, RCP-07")]
