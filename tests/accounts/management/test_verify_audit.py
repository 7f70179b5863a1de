import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.domain import audit, audit_chain
from accounts.models import AuditEntry, AuditSeal
from tests.accounts.tampering import run, unprotected_log


@pytest.fixture
def sealed(cast):
    audit.record(company=cast.northwind, action="company.changed", at=timezone.now())
    audit_chain.seal_leftovers()


def verify(*arguments):
    output = StringIO()
    call_command("verify_audit", *arguments, stdout=output, stderr=StringIO())
    return output.getvalue()


def test_whole_chains_are_told_with_their_heads(cast, sealed):
    count = AuditSeal.objects.filter(company=cast.contoso).count()
    head = AuditSeal.objects.get(company=cast.contoso, sequence=count)

    lines = verify("--company", "contoso").splitlines()

    assert lines == [f"contoso: whole. {count} entries sealed.", f"  head {count}:{head.digest}"]
    assert [line.split(":")[0] for line in verify().splitlines() if "entries" in line] == ["contoso", "northwind"]


def test_an_entry_that_waits_for_its_seal_is_counted(cast, sealed):
    audit.record(company=cast.contoso, action="company.changed", at=timezone.now())

    assert "1 wait for their seal" in verify("--company", "contoso").splitlines()[0]


def test_tampering_ends_in_an_error_that_names_the_place(cast, sealed):
    entry = AuditEntry.objects.get(company=cast.northwind, seal__sequence=2)
    with unprotected_log():
        run("UPDATE accounts_auditentry SET action = 'nothing.happened' WHERE id = %s", entry.pk)

        with pytest.raises(CommandError, match="not whole") as error:
            verify()
        output = StringIO()
        with pytest.raises(CommandError):
            call_command("verify_audit", "--json", stdout=output, stderr=StringIO())

    assert error.value.returncode == 1
    contoso, northwind = [json.loads(line) for line in output.getvalue().splitlines()]
    assert (contoso["whole"], northwind["whole"], northwind["fault_count"]) == (True, False, 1)
    assert northwind["faults"][0]["sequence"] == 2


def test_more_faults_than_are_named_are_counted(cast, sealed, monkeypatch):
    monkeypatch.setattr("accounts.domain.audit_verification.MOST_FAULTS", 1)
    count = AuditSeal.objects.filter(company=cast.northwind).count()
    output = StringIO()
    with unprotected_log():
        run("UPDATE accounts_auditentry SET action = 'nothing.happened' WHERE company_id = %s", cast.northwind.pk)
        with pytest.raises(CommandError):
            call_command("verify_audit", "--company", "northwind", stdout=output, stderr=StringIO())

    assert output.getvalue().splitlines()[2] == f"  and {count - 1} more"


def test_a_noted_head_is_checked(cast, sealed):
    with pytest.raises(CommandError, match="not whole"):
        verify("--company", "contoso", "--head", f"99:{'0' * 64}")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--head", "1:ab"], "name it with --company"),
        (["--head", "nonsense", "--company", "contoso"], "is no head of a chain"),
        (["--company", "nobody"], "There is no company “nobody”"),
    ],
)
def test_what_cannot_be_read_is_answered_with_a_sentence(cast, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        verify(*arguments)


def test_an_installation_without_entries_is_whole(db):
    assert verify() == ""
