import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from summaries.domain.rollups import counting
from summaries.models import SessionRollup
from tests.summaries.session_rows import add_session, add_summary


@pytest.fixture
def counted(cast):
    for number in range(1, 4):
        add_summary(add_session(cast.northwind, cast.bob, number), issue_types=("VPN",))
    counting.keep_up(keep_going=lambda: True)
    return cast


def test_right_sums_are_said_to_be_right(counted, capsys):
    call_command("rollups", "--verify")

    assert capsys.readouterr().out.splitlines() == [
        "contoso: 0 sessions are counted right.",
        "northwind: 3 sessions are counted right.",
    ]


def test_wrong_sums_fail_and_are_put_right(counted, capsys):
    SessionRollup.objects.filter(facet=1).delete()

    with pytest.raises(CommandError, match="^Wrong sums: northwind. Run it with --rebuild.$"):
        call_command("rollups", "--verify", "--company", "northwind")
    assert capsys.readouterr().out == ("northwind: 0 of 3 sessions are counted wrongly, 2 sums do not add up.\n")

    call_command("rollups", "--rebuild", "--company", "northwind")
    assert capsys.readouterr().out == "northwind: counted anew.\n"

    call_command("rollups", "--verify", "--company", "northwind", "--json")
    assert json.loads(capsys.readouterr().out) == [
        {"company": "northwind", "is_counted": True, "looked_at": 3, "sessions": 0, "sums": 0}
    ]


def test_a_company_that_is_being_counted_is_said_to_be(counted, capsys):
    counting.begin_anew(company=counted.northwind)

    call_command("rollups", "--verify", "--company", "northwind")

    assert capsys.readouterr().out == (
        "northwind: being counted; until that is done pages count the sessions themselves.\n"
    )


def test_unknown_company_is_refused(cast):
    with pytest.raises(CommandError, match="^There is no company “nowhere”.$"):
        call_command("rollups", "--verify", "--company", "nowhere")
