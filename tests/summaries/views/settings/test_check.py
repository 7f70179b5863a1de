import pytest

from accounts.models import AISettings
from policies.enums import Reason, Verdict
from summaries.domain.consent.withdrawal import record_withdrawal
from tests.summaries.session_rows import add_session
from tests.summaries.views.settings.conftest import field_errors, words


@pytest.fixture
def refused(cast):
    return add_session(
        cast.northwind, cast.bob, 1042, verdict=Verdict.NO, reason=Reason.SUPPORTER_NOT_LOGGED, device_name="ACC-14"
    )


@pytest.mark.parametrize("typed", ["S-1042", "s1042", " 1042 "])
def test_every_row_is_shown_and_the_one_that_decided(tab, cast, refused, typed):
    membership = cast.membership(cast.bob)
    membership.log_sessions = False
    membership.save()

    page = words(tab("check").client.get("/ai-settings/check/", {"session": typed}))

    assert "S-1042 : Not captured Supporter's sessions are not logged" in page
    assert "Bob · ACC-14 · Outgoing" in page
    assert page.count("Decided: Not captured") == 1
    assert "AI features: on" in page.replace("AI features: on", "AI features: on")
    assert "Settings have changed" not in page


def test_a_decision_that_would_be_another_today_is_told(tab, cast, refused):
    AISettings.objects.filter(company=cast.northwind).update(is_active=False)

    page = tab("check").read("?session=S-1042")

    assert "Settings have changed since it was decided." in page
    assert "Today the decision would be: Not captured, AI features are off" in page


def test_of_a_withdrawn_session_it_says_that_no_rule_is_asked(tab, cast, refused, at):
    record_withdrawal(session=refused, statement="By mail.", actor=cast.alice, at=at)

    page = tab("check").read("?session=S-1042")

    assert "A consent that was withdrawn goes before every rule" in page
    assert (page.count("Not asked"), "Settings have changed" in page) == (10, False)


@pytest.mark.parametrize("typed", ["", "x", "S-", "9" * 30, "S-1042; DROP", "-5e3", "٤"])
def test_what_is_no_number_is_told_at_the_field(tab, typed):
    answer = tab("check").client.get("/ai-settings/check/", {"session": typed})

    assert (answer.status_code, list(field_errors(answer))) == (422, ["session"])


@pytest.mark.parametrize("number", [7, 999_999_999])
def test_a_session_of_another_company_is_as_missing_as_one_that_is_not(tab, cast, number):
    add_session(cast.contoso, cast.charlie, 7)

    answer = tab("check").client.get("/ai-settings/check/", {"session": f"S-{number}"})

    assert field_errors(answer) == {
        "session": ["There is no such session. Check the number in the connection reports."]
    }


def test_a_session_without_summary_leads_here_those_who_may(signed_in, cast, refused):
    pages = [signed_in(user).get("/sessions/S-1042/").content.decode() for user in (cast.alice, cast.mona, cast.bob)]

    assert ['/ai-settings/check/?session=S-1042">Why?</a>' in page for page in pages] == [True, False, False]
