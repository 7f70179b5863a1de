"""The API's documentation pages under the portal's own content security policy, without any other address."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.domain.tokens import issue_token
from accounts.enums import ApiScope

pytestmark = pytest.mark.e2e


@pytest.fixture
def token(portal):
    at = timezone.now()
    _, plain = issue_token(
        membership=portal.membership(portal.bob),
        name="docs",
        scopes=[ApiScope.SESSIONS_READ],
        expires_at=at + timedelta(hours=1),
        actor=portal.alice,
        at=at,
    )
    return plain


def test_documentation_works_offline_and_tries_out_a_request(page, live_server, token):
    complaints, elsewhere = [], []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda sent: elsewhere.append(sent.url) if not sent.url.startswith(live_server.url) else None)

    page.goto(f"{live_server.url}/api/v1/docs/")
    page.locator(".btn.authorize").click()
    by_token = page.locator(".auth-container", has_text="token (http, Bearer)")
    by_token.locator("input").fill(token)
    by_token.get_by_role("button", name="Apply credentials").click()
    page.locator(".btn-done").first.click()
    operation = page.locator("#operations-sessions-sessions_list")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()

    answer = operation.locator(".live-responses-table .response-col_status").nth(1)
    answer.wait_for()
    assert answer.inner_text().split()[0] == "200"
    assert "S-3" in operation.locator(".live-responses-table").inner_text()
    assert complaints == []
    assert [url for url in elsewhere if not url.startswith(("data:", "blob:"))] == []
