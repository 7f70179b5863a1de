import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from summaries.domain.keeping import holds
from summaries.domain.keeping.removal import delete_log
from tests.summaries.domain.keeping.test_retention import keep, kept, left


@pytest.fixture
def due(cast):
    keep(cast.northwind, logs=30, consents=30)
    return kept(cast.northwind, cast.bob, 1, ended_at=timezone.now() - timedelta(days=40))


def test_a_dry_run_says_what_would_be_deleted_and_deletes_nothing(cast, due, capsys):
    call_command("apply_retention", "--dry-run", "--company", "northwind")

    assert capsys.readouterr().out == (
        "Northwind IT Services: 1 session logs, 0 summaries, 0 consents would be deleted; "
        "1 consents wait until log and summary of their session are gone.\n"
    )
    assert left() == (1, 3, 1, 1)


def test_a_run_goes_through_all_companies(cast, due, capsys):
    held = kept(cast.contoso, cast.charlie, 1, ended_at=timezone.now() - timedelta(days=40))
    keep(cast.contoso, logs=30)
    holds.place(company=cast.contoso, session=held, reason="Case", actor=cast.charlie, at=timezone.now())

    call_command("apply_retention")

    assert capsys.readouterr().out == (
        "Northwind IT Services: 1 session logs, 0 summaries, 0 consents deleted.\n"
        "Contoso Remote Help: 0 session logs, 0 summaries, 0 consents deleted; 1 sessions kept under legal hold.\n"
    )
    assert left() == (2, 3, 2, 2)


def test_what_is_due_in_the_trash_is_told(cast, capsys):
    session = kept(cast.northwind, cast.bob, 1, ended_at=timezone.now() - timedelta(days=60))
    delete_log(session=session, actor=cast.alice, at=timezone.now() - timedelta(days=31))

    for arguments in (["--dry-run"], []):
        call_command("apply_retention", "--company", "northwind", *arguments)

    told = (
        "0 session logs, 0 summaries, 0 consents {0}; 1 records of the trash, whose 30 days are over, {0} for good.\n"
    )
    expected = [f"Northwind IT Services: {told.format(verb)}" for verb in ("would be deleted", "deleted")]
    assert capsys.readouterr().out == "".join(expected)


def test_a_run_can_be_read_by_a_program(cast, due, capsys):
    call_command("apply_retention", "--json", "--company", "northwind")

    told = json.loads(capsys.readouterr().out)
    assert (told["company"], told["logs"], told["is_complete"]) == ("northwind", 1, True)


def test_a_company_that_is_not_there_is_an_error(cast, due):
    with pytest.raises(CommandError, match="no company"):
        call_command("apply_retention", "--company", "nowhere")

    assert left() == (1, 3, 1, 1)
