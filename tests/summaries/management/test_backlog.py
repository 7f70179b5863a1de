import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from summaries.models import Backlog
from tests.summaries.domain.backlog.orders import add_unsummarised


def run(*arguments):
    out = StringIO()
    call_command("backlog", "--company", "northwind", *arguments, stdout=out)
    return out.getvalue().strip()


def test_it_counts_first(cast):
    add_unsummarised(cast.northwind, cast.bob, 1, 2)
    add_unsummarised(cast.contoso, cast.charlie, 1)

    assert run() == "2 sessions, 2 credits; 50 available. Order it with --start."
    assert json.loads(run("--json", "--until", "2001-01-01")) == {"sessions": 0, "credits": 0, "available": 50}
    assert Backlog.objects.count() == 0


def test_it_says_when_credits_never_run_out(cast):
    own = cast.northwind.ai_settings
    own.meter_only = True
    own.save()

    assert run() == "0 sessions, 0 credits; never run out. Order it with --start."


def test_it_orders_and_tells_how_far_it_is(cast):
    add_unsummarised(cast.northwind, cast.bob, 1, 2)

    started = json.loads(run("--start", "--since", "2001-01-01", "--json"))

    assert (started["state"], started["total"], started["waiting"]) == ("RUNNING", 2, 2)
    assert Backlog.objects.get().ordered_by is None
    assert run("--status") == (
        "Running: 0 of 2 sessions written, 2 waiting, 0 in a batch, 0 in the ordinary line, 0 failed, 0 skipped."
    )


def test_it_pauses_resumes_and_cancels(cast):
    add_unsummarised(cast.northwind, cast.bob, 1)
    run("--start")

    assert run("--pause").startswith("Paused: ")
    Backlog.objects.update(reason="The engine refused the key.")
    assert run("--status").endswith(" 0 skipped. The engine refused the key.")
    assert run("--resume").startswith("Running: ")
    assert run("--cancel").startswith("Cancelled: 0 of 1 sessions written")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--status"], "This company has no backlog."),
        (["--start"], "No session of this choice lacks a summary"),
        (["--since", "yesterday"], "--since takes a day such as"),
        (["--until", "31.12.2026"], "--until takes a day such as"),
    ],
)
def test_what_can_not_be_done_says_why(cast, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)


def test_a_backlog_that_ended_is_not_paused(cast):
    add_unsummarised(cast.northwind, cast.bob, 1)
    run("--start")
    run("--cancel")

    with pytest.raises(CommandError, match="not running"):
        run("--pause")


def test_an_unknown_company_is_an_error(db):
    with pytest.raises(CommandError, match="There is no company"):
        call_command("backlog", "--company", "nobody")
