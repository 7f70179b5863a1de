from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from credits.domain.reservations import reserve, settle
from credits.domain.verification import discrepancies
from credits.models import Entry, Grant, Reservation
from tests.append_only import append_only_released


@pytest.fixture
def used(cast, at):
    """A company with a charged credit, a reserved one, and the rest."""
    charged, reserved = uuid4(), uuid4()
    for session_id in (charged, reserved):
        reserve(company=cast.northwind, session_id=session_id, at=at)
    settle(company=cast.northwind, session_id=charged, at=at)
    return cast.northwind


def found():
    return [(each.what, each.expected, each.found) for each in discrepancies()]


def test_a_ledger_that_adds_up_has_nothing_to_report(used, capsys):
    assert found() == []
    call_command("verify_ledger")
    assert capsys.readouterr().out == "The ledger adds up.\n"


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda: Grant.objects.update(remaining=50), [("remaining of grant", 48, 50)]),
        (lambda: Grant.objects.update(credits=60), [("credits of grant", 60, 50)]),
        (
            lambda: Reservation.objects.filter(state="RESERVED").update(state="RELEASED"),
            [("held of grant", 0, 1), ("reservation held", 0, 1)],
        ),
        (
            lambda: Reservation.objects.filter(state="CHARGED").update(state="RELEASED"),
            [("charges of grant", 0, 1), ("reservation charged", 0, 1)],
        ),
    ],
)
def test_what_was_changed_past_the_domain_is_named(used, spoil, expected):
    spoil()

    assert found() == expected


def test_lines_that_went_or_came_past_the_domain_are_named(used, cast):
    charge = Entry.objects.get(kind="CHARGE")
    with Released():
        Entry.objects.filter(pk=charge.pk).delete()

    assert found() == [
        ("charges of grant", 1, 0),
        ("held of grant", 1, 2),
        ("reservation charged", 1, 0),
        ("reservation held", 0, 1),
    ]


def test_lines_and_reservations_of_another_company_are_named(used, cast):
    with Released():
        Entry.objects.filter(kind="CHARGE").update(company=cast.contoso)
    Reservation.objects.filter(state="CHARGED").update(company=cast.contoso)

    assert {what for what, _, _ in found()} == {
        "entry of another company",
        "entry on a reservation of another company",
        "reservation of another company",
    }


def test_the_command_names_the_rows_and_fails(used, capsys):
    Grant.objects.update(remaining=50)

    with pytest.raises(CommandError, match="1 rows"):
        call_command("verify_ledger")
    with pytest.raises(CommandError):
        call_command("verify_ledger", "--json")

    out = capsys.readouterr().out
    assert f"company {used.pk}: remaining of grant {Grant.objects.get().pk}: expected 48, found 50" in out
    assert '"found": 50' in out


class Released:
    """Inside the block the ledger can be forged, as somebody with the database's own password could."""

    def __enter__(self):
        self.sqlite = append_only_released()
        self.sqlite.__enter__()
        if connection.vendor == "postgresql":
            # Pending checks of foreign keys hold the table; they are made now.
            connection.check_constraints()
            self._run("ALTER TABLE credits_entry DISABLE TRIGGER ledger_append_only")

    def __exit__(self, *error):
        if connection.vendor == "postgresql":
            connection.check_constraints()
            self._run("ALTER TABLE credits_entry ENABLE TRIGGER ledger_append_only")
        self.sqlite.__exit__(*error)

    def _run(self, statement):
        with connection.cursor() as cursor:
            cursor.execute(statement)
