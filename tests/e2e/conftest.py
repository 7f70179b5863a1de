"""A real browser against the portal: Debian's Chromium, driven by Playwright."""

import os
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone

from summaries.content import Statement
from summaries.models import SupportSession
from tests.conftest import NOW, PASSWORD, build_cast
from tests.summaries.report_examples import PRINTER
from tests.summaries.session_rows import add_interactions, add_session, add_summary

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


@pytest.fixture(scope="session")
def base_url():
    """Addresses are absolute here; the plugin's own fixture of this name is written in a deprecated way."""
    return ""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ["--no-sandbox"]}


@pytest.fixture(scope="session", autouse=True)
def database_beside_playwrights_loop():
    """Playwright keeps an event loop in this thread, which Django would take for asynchronous code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def portal(transactional_db, live_server):
    """Northwind with three summaries, the newest S-3 with a timeline of 250 interactions; yields the cast."""
    # No model's table, so that nothing else empties it: thirty sign-ins a minute would be too many.
    cache.clear()
    cast = build_cast()
    for number in (1, 2, 3):
        session = add_session(cast.northwind, cast.bob, number, hours_ago=4 - number, device_name=f"ACC-{number}")
        summary = add_summary(
            session,
            issue_types=("VPN",) if number == 1 else ("Printer",),
            applications=("Word",),
            title=f"Printer offline {number}",
        )
    move_to_now()
    add_interactions(session, 250)
    content = replace(PRINTER, cause=(Statement("The update had added a port.", (230,)),))
    summary.current.content = asdict(content)
    summary.current.save()
    SupportSession.objects.filter(pk=session.pk).update(interaction_count=250)
    type(cast.northwind).objects.filter(pk=cast.northwind.pk).update(next_session_number=4)
    return cast


def move_to_now(*numbers):
    """Shift the sessions (or those of these numbers) from the tests' fixed moment to the browser's day."""
    shift = timezone.now() - NOW
    for session in SupportSession.objects.filter(**({"number__in": numbers} if numbers else {})):
        session.started_at += shift
        session.ended_at += shift
        session.save(update_fields=["started_at", "ended_at"])


@pytest.fixture
def sign_in(page, live_server, portal):
    """Sign in through the page, as people do; returns the browser's page on the portal's home."""

    def as_user(user):
        page.set_viewport_size({"width": 1600, "height": 1000})
        page.goto(live_server.url)
        page.get_by_label("Email").fill(user.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{live_server.url}/")
        return page

    return as_user


@pytest.fixture
def axe():
    """Serious and critical findings of axe-core on what the browser shows: [(rule, selector)]."""

    def check(page):
        # Read as a script of the test's own world, past the page's content security policy.
        page.evaluate(AXE.read_text())
        found = page.evaluate("() => axe.run()")
        return [
            (violation["id"], node["target"][0], node.get("failureSummary", ""))
            for violation in found["violations"]
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]

    return check
