import zipfile

import pytest
from django.core.management import CommandError, call_command

from accounts.domain.members import add_member
from accounts.models import AuditEntry, User
from summaries.domain.keeping import holds
from summaries.models import Interaction
from tests.conftest import NOW
from tests.summaries.domain.keeping.test_erasure import tables_with
from tests.summaries.domain.subject_rows import CANARY, add_rich_session

WHO = ("--company", "northwind", "--remote-user", CANARY)


@pytest.fixture
def rich(cast):
    return add_rich_session(cast.northwind, cast.bob, 1)


def test_export_writes_the_copy(cast, rich, tmp_path, capsys):
    output = tmp_path / "copy.zip"

    call_command("export_data_subject", *WHO, "--output", str(output))

    with zipfile.ZipFile(output) as archive:
        assert len(archive.read("interactions.jsonl").splitlines()) == 2
    assert capsys.readouterr().out == f"{output}: a copy of the data of {CANARY}.\n"
    assert AuditEntry.objects.get(action="data_subject.exported").actor is None


def test_export_overwrites_nothing(cast, rich, tmp_path):
    output = tmp_path / "copy.zip"
    output.write_text("mine")

    with pytest.raises(CommandError, match="not there yet"):
        call_command("export_data_subject", *WHO, "--output", str(output))

    assert output.read_text() == "mine"


def test_erase_says_what_goes_and_erases(cast, rich, capsys):
    call_command("erase_data_subject", *WHO, "--yes")

    assert capsys.readouterr().out == f"{CANARY}: 1 sessions, 1 session logs, 1 summaries.\nErased.\n"
    assert tables_with(CANARY) == set()


def test_erase_without_consent_of_the_operator_erases_nothing(cast, rich, monkeypatch, capsys):
    monkeypatch.setattr("builtins.input", lambda _: "no")

    call_command("erase_data_subject", *WHO)
    call_command("erase_data_subject", *WHO, "--dry-run")

    assert capsys.readouterr().out.count("Nothing was erased.") == 2
    assert Interaction.objects.count() == 2


def test_erase_a_member_or_a_device(cast, rich, monkeypatch, capsys):
    monkeypatch.setattr("builtins.input", lambda _: "Bob")

    call_command("erase_data_subject", "--company", "northwind", "--member", "BOB@northwind.example")
    call_command("erase_data_subject", "--company", "northwind", "--device", "ACC-14", "--yes")

    assert User.objects.filter(name="Bob").count() == 0
    assert tables_with("acc-14") == tables_with(CANARY) == set()


def test_erase_tells_when_the_account_stays(cast, rich, capsys):
    add_member(company=cast.contoso, email=cast.bob.email, name="Bob", role_names=["Supporter"], at=NOW)

    call_command("erase_data_subject", "--company", "northwind", "--member", cast.bob.email, "--yes")

    assert capsys.readouterr().out.endswith("Erased; the account stays, it belongs to another company too.\n")


def test_erase_under_legal_hold_is_an_error(cast, rich, at):
    holds.place(company=cast.northwind, reason="Case", actor=cast.alice, at=at)

    with pytest.raises(CommandError, match="legal hold"):
        call_command("erase_data_subject", *WHO, "--yes")

    assert Interaction.objects.count() == 2


@pytest.mark.parametrize(
    "who",
    [
        ("--company", "nowhere", "--device", "x"),
        ("--company", "northwind", "--device", "x"),
        ("--company", "northwind", "--remote-user", ""),
        ("--company", "northwind", "--member", "charlie@contoso.example"),
    ],
)
def test_nobody_of_that_name_is_an_error(cast, rich, who):
    with pytest.raises(CommandError):
        call_command("erase_data_subject", *who, "--yes")

    assert Interaction.objects.count() == 2
