import pytest

from accounts.models import AuditEntry
from summaries.enums import ReviewState
from tests.conftest import sign_in_freshly
from tests.summaries.session_rows import add_session, add_summary
from tests.summaries.views.settings.conftest import field_errors


@pytest.fixture
def page(tab):
    return tab("review")


def test_approval_is_demanded_and_kept_in_the_audit_log(page, cast, stored):
    add_summary(add_session(cast.northwind, cast.bob, 1))
    add_summary(add_session(cast.northwind, cast.bob, 2), review=ReviewState.APPROVED)
    add_summary(add_session(cast.contoso, cast.charlie, 3))

    assert "1 summary is not approved at the moment." in page.read()
    assert page.send(approval_required="on").status_code == 302

    assert stored().approval_required
    assert AuditEntry.objects.get(action="ai_settings.changed").details == {
        "approval_required": {"before": False, "after": True}
    }


def test_switching_it_off_asks_who_one_is(page, cast, stored):
    page.send(approval_required="on")

    asked = page.send()
    assert (asked.status_code, "/reauthenticate/" in asked.headers["Location"]) == (302, True)
    assert stored().approval_required

    sign_in_freshly(page.client, cast.alice)
    assert page.send().headers["Location"] == "/ai-settings/review/"
    assert not stored().approval_required


def test_what_was_set_meanwhile_is_told(page, stored):
    seen = page.fields()["version"]
    page.send(approval_required="on")

    late = page.send(version=seen, approval_required="on")

    assert "approval before a summary leaves: now on" in field_errors(late)["__all__"][0]
