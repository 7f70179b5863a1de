import pytest
from rest_framework.test import APIClient

from summaries.models import Summary
from tests.conftest import Cast
from tests.summaries.api.conftest import SignIn
from tests.summaries.report_examples import PRINTER, store_session, store_summary

URL = "/api/v1/summaries/"
SESSIONS = "/api/v1/sessions/"


@pytest.fixture
def approval_demanded(cast: Cast) -> None:
    cast.northwind.ai_settings.approval_required = True
    cast.northwind.ai_settings.save()


@pytest.mark.usefixtures("approval_demanded")
def test_a_token_gets_no_text_that_nobody_approved(cast: Cast, client_of: SignIn) -> None:
    api = client_of(cast.mona)
    summary = store_summary(store_session(cast.northwind, cast.bob))
    address = f"{URL}{summary.public_id}/"

    held = api.get(address).json()
    listed = api.get(URL).json()["results"]
    guessed = api.get(f"{URL}?outcome=RESOLVED").json()["results"]
    report = api.get(f"{SESSIONS}{summary.session.public_id}/report.pdf")
    Summary.objects.update(review="APPROVED")
    released = api.get(address).json()

    assert (held["title"], held["outcome"], held["revision"], held["held_back"]) == ("", "UNKNOWN", None, True)
    assert [(row["title"], row["held_back"]) for row in listed] == [("", True)]
    assert guessed == []
    assert (report.status_code, report.json()["type"]) == (409, "urn:session-insights:problem:not_released")
    assert (released["title"], released["held_back"]) == (PRINTER.title, False)
    assert len(api.get(f"{URL}?outcome=RESOLVED").json()["results"]) == 1


@pytest.mark.usefixtures("approval_demanded")
def test_a_member_reads_in_the_portal_what_is_held_back(cast: Cast) -> None:
    summary = store_summary(store_session(cast.northwind, cast.bob))
    client = APIClient()
    client.force_login(cast.bob)

    assert client.get(f"{URL}{summary.public_id}/").json()["title"] == PRINTER.title
