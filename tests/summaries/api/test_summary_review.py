from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.enums import ApiScope
from accounts.models import AuditEntry
from summaries.models import Summary, SummaryRating, SummaryRevision
from tests.conftest import Cast
from tests.summaries.api.conftest import SignIn
from tests.summaries.domain.correction.cases import summary_of
from tests.summaries.report_examples import PRINTER

PROBLEM = [{"text": "The queue was stuck.", "evidence": [1]}]
WHOLE = {"revision": 1, "title": "Queue stuck", "outcome": "UNRESOLVED", "problem": PROBLEM, "issue_types": ["Printer"]}


@pytest.fixture
def summary(cast: Cast) -> Summary:
    return summary_of(cast.northwind, cast.bob)


def at(summary: Summary, action: str) -> str:
    return f"/api/v1/summaries/{summary.public_id}/{action}/"


def test_put_replaces_the_text_by_a_revision_of_the_member(cast: Cast, api: APIClient, summary: Summary) -> None:
    told = api.put(at(summary, "content"), WHOLE, format="json").json()

    assert (told["title"], told["outcome"], told["review"], told["revision_number"]) == (
        "Queue stuck",
        "UNRESOLVED",
        "REVIEWED",
        2,
    )
    revision = told["revision"]
    assert (revision["number"], revision["based_on"], revision["author"]["name"]) == (2, 1, "Bob")
    assert revision["content"]["problem"] == [
        {"text": "The queue was stuck.", "evidence": [1], "supported": False, "by_person": True}
    ]
    assert revision["content"]["steps"] == []


def test_patch_changes_what_it_names(cast: Cast, api: APIClient, summary: Summary) -> None:
    steps = [{"action": {"text": "Waited."}, "commands": ["sleep 5"], "offset_ms": 1000}]
    told = api.patch(at(summary, "content"), {"revision": 1, "steps": steps}, format="json").json()

    content = told["revision"]["content"]
    assert (content["title"], len(content["problem"])) == (PRINTER.title, 1)
    assert content["steps"] == [
        {
            "action": {"text": "Waited.", "evidence": [], "supported": False, "by_person": True},
            "application": "",
            "commands": ["sleep 5"],
            "offset_ms": 1000,
        }
    ]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"title": "New"}, "revision"),
        ({"revision": 1, "title": "t" * 151}, "title"),
        ({"revision": 1, "outcome": "DONE"}, "outcome"),
        ({"revision": 1, "problem": [{"text": "x" * 1001}]}, "problem.0"),
        ({"revision": 1, "problem": [{"text": "x", "evidence": [999]}]}, "problem.0"),
        ({"revision": 1, "problem": [{"text": "x", "evidence": [-1]}]}, "problem"),
        ({"revision": 1, "problem": "x"}, "problem"),
        ({"revision": 1, "issue_types": ["Not ours"]}, "issue_types"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(
    cast: Cast, api: APIClient, summary: Summary, fields: dict[str, Any], where: str
) -> None:
    answer = api.patch(at(summary, "content"), fields, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [where])
    assert SummaryRevision.objects.count() == 1


def test_a_text_that_was_replaced_meanwhile_is_not_overwritten(cast: Cast, api: APIClient, summary: Summary) -> None:
    api.put(at(summary, "content"), WHOLE, format="json")

    for action, body in (
        ("content", WHOLE),
        ("review", {}),
        ("restore", {"restore": 1}),
        ("rating", {"helpful": True}),
    ):
        method = api.put if action in ("content", "rating") else api.post
        answer = method(at(summary, action), {"revision": 1, **body}, format="json")
        assert (answer.status_code, answer.json()["code"] if "code" in answer.json() else answer.json()["type"]) == (
            409,
            "urn:session-insights:problem:changed_meanwhile",
        )


def test_the_same_request_twice_is_done_once(cast: Cast, api: APIClient, summary: Summary) -> None:
    for _ in range(2):
        answer = api.put(at(summary, "content"), WHOLE, format="json", headers={"Idempotency-Key": "k"})
        assert (answer.status_code, answer.json()["revision_number"]) == (200, 2)

    assert SummaryRevision.objects.count() == 2


def test_review_then_approve(cast: Cast, api: APIClient, client_of: SignIn, summary: Summary) -> None:
    reviewed = api.post(at(summary, "review"), {"revision": 1}, format="json").json()
    again = api.post(at(summary, "review"), {"revision": 1}, format="json")
    refused = api.post(at(summary, "approve"), {"revision": 1}, format="json")
    approved = client_of(cast.mona).post(at(summary, "approve"), {"revision": 1}, format="json").json()

    assert (reviewed["review"], approved["review"]) == ("REVIEWED", "APPROVED")
    assert (again.status_code, refused.status_code) == (409, 403)


def test_restore_brings_an_earlier_text_back(cast: Cast, api: APIClient, summary: Summary) -> None:
    api.put(at(summary, "content"), WHOLE, format="json")

    told = api.post(at(summary, "restore"), {"revision": 2, "restore": 1}, format="json").json()
    unknown = api.post(at(summary, "restore"), {"revision": 3, "restore": 9}, format="json")

    assert (told["title"], told["revision_number"], told["review"]) == (PRINTER.title, 3, "AI_GENERATED")
    assert (unknown.status_code, list(unknown.json()["errors"])) == (400, ["restore"])


def test_rate_once_for_each_member(cast: Cast, api: APIClient, summary: Summary) -> None:
    body = {"revision": 1, "helpful": True}
    api.put(at(summary, "rating"), body, format="json")
    api.put(at(summary, "rating"), body | {"helpful": False, "comment": "Wrong cause."}, format="json")
    long = api.put(at(summary, "rating"), body | {"comment": "x" * 501}, format="json")

    assert [(each.is_helpful, each.comment) for each in SummaryRating.objects.all()] == [(False, "Wrong cause.")]
    assert (long.status_code, list(long.json()["errors"])) == (400, ["comment"])


def test_revisions_tell_every_text(cast: Cast, api: APIClient, summary: Summary) -> None:
    api.put(at(summary, "content"), WHOLE, format="json")

    told = api.get(at(summary, "revisions")).json()

    assert [(each["number"], each["based_on"], each["engine"]) for each in told] == [(2, 1, ""), (1, None, "BUILT_IN")]


def test_where_approval_is_demanded_a_token_gets_the_approved_text_alone(
    cast: Cast, client_of: SignIn, summary: Summary
) -> None:
    cast.northwind.ai_settings.approval_required = True
    cast.northwind.ai_settings.save()
    api = client_of(cast.mona)
    held = api.put(at(summary, "content"), WHOLE, format="json").json()
    refused = api.get(at(summary, "revisions"))
    api.post(at(summary, "approve"), {"revision": 2}, format="json")

    assert (held["title"], held["revision"], held["revision_number"]) == ("", None, 2)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:session-insights:problem:not_released")
    assert [each["number"] for each in api.get(at(summary, "revisions")).json()] == [2]


def test_a_summary_without_a_text_is_not_worked_on(cast: Cast, api: APIClient, summary: Summary) -> None:
    Summary.objects.update(current=None, state="QUEUED")

    for action in ("review", "restore"):
        answer = api.post(at(summary, action), {"revision": 1, "restore": 1}, format="json")
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:session-insights:problem:no_text")


@pytest.mark.parametrize(
    ("action", "method"),
    [
        ("content", "put"),
        ("content", "patch"),
        ("review", "post"),
        ("approve", "post"),
        ("restore", "post"),
        ("rating", "put"),
        ("revisions", "get"),
    ],
)
def test_another_company_and_another_scope_reach_nothing(
    cast: Cast, client_of: SignIn, summary: Summary, action: str, method: str
) -> None:
    body = WHOLE | {"restore": 1, "helpful": True}

    strange = getattr(client_of(cast.charlie), method)(at(summary, action), body, format="json")
    unscoped = getattr(client_of(cast.alice, ApiScope.SESSIONS_READ), method)(at(summary, action), body, format="json")

    assert (strange.status_code, unscoped.status_code) == (404, 403)
    assert AuditEntry.objects.filter(action__in=["summary.corrected", "summary.rated"]).count() == 0
