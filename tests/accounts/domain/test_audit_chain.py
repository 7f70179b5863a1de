import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.domain import audit, audit_chain
from accounts.domain.audit_verification import verify_chain
from accounts.models import AuditCursor, AuditEntry, AuditSeal
from tests.accounts.tampering import refused_seals


def sequences(company):
    return list(AuditSeal.objects.filter(company=company).order_by("sequence").values_list("sequence", flat=True))


def test_a_seal_covers_every_field_of_an_entry():
    fields = {field.attname for field in AuditEntry._meta.concrete_fields}

    assert set(audit_chain.SEALED_FIELDS) == fields


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_sealed_once_its_transaction_has_committed(cast, at):
    before = AuditSeal.objects.filter(company=cast.northwind).count()

    with transaction.atomic():
        entry = audit.record(company=cast.northwind, action="company.changed", at=at)
        assert not AuditSeal.objects.filter(entry=entry).exists()

    assert AuditSeal.objects.get(entry=entry).sequence == before + 1


@pytest.mark.django_db(transaction=True)
def test_entries_of_one_transaction_are_sealed_together(cast, at):
    with transaction.atomic():
        entries = [audit.record(company=cast.northwind, action="member.changed", at=at) for _ in range(3)]
        audit.record(company=cast.contoso, action="company.changed", at=at)
        assert len(connection.run_on_commit) == 2

    assert AuditSeal.objects.filter(entry__in=entries).count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_request_pays_three_queries_for_its_seals(cast, at):
    with CaptureQueriesContext(connection) as queries:
        audit.record(company=cast.northwind, action="company.changed", at=at)

    entry, *sealing = [each["sql"] for each in queries if each["sql"].startswith(("INSERT", "SELECT", "UPDATE"))]
    assert entry.startswith('INSERT INTO "accounts_auditentry"')
    assert len(sealing) == 3


@pytest.mark.django_db(transaction=True)
def test_an_entry_of_a_savepoint_that_was_undone_leaves_the_others_sealed(cast, at):
    with transaction.atomic():
        with transaction.atomic():
            audit.record(company=cast.northwind, action="member.changed", at=at)
            transaction.set_rollback(True)
        kept = audit.record(company=cast.northwind, action="company.changed", at=at)

    assert AuditSeal.objects.filter(entry=kept).exists()
    assert verify_chain(company=cast.northwind, at=at).is_whole


@pytest.mark.django_db(transaction=True)
def test_a_seal_that_fails_fails_no_request_and_is_made_up_for_by_the_sweep(cast, at):
    with refused_seals(cast.northwind.pk):
        entry = audit.record(company=cast.northwind, action="company.changed", at=at)

    assert not AuditSeal.objects.filter(entry=entry).exists()
    assert audit_chain.seal_leftovers() == 1
    assert AuditSeal.objects.filter(entry=entry).exists()


def test_the_sweep_seals_what_stood_there_before_in_order(cast):
    waiting = AuditEntry.objects.filter(company=cast.northwind).order_by("pk")

    assert audit_chain.seal_leftovers() == AuditEntry.objects.count()

    sealed = AuditSeal.objects.filter(company=cast.northwind).order_by("sequence")
    assert list(sealed.values_list("entry_id", flat=True)) == list(waiting.values_list("pk", flat=True))
    assert sequences(cast.northwind) == list(range(1, waiting.count() + 1))
    assert audit_chain.seal_leftovers() == 0


def test_sealing_twice_seals_once(cast):
    ids = list(AuditEntry.objects.filter(company=cast.northwind).values_list("pk", flat=True))

    assert audit_chain.seal(company_id=cast.northwind.pk, entry_ids=ids) == len(ids)
    assert audit_chain.seal(company_id=cast.northwind.pk, entry_ids=ids) == 0


def test_another_companys_entries_join_no_chain(cast):
    ids = list(AuditEntry.objects.filter(company=cast.contoso).values_list("pk", flat=True))

    assert audit_chain.seal(company_id=cast.northwind.pk, entry_ids=ids) == 0
    assert sequences(cast.northwind) == []


def test_many_entries_are_sealed_in_short_transactions(cast, at, monkeypatch):
    monkeypatch.setattr(audit_chain, "BATCH", 2)
    count = AuditEntry.objects.filter(company=cast.northwind).count()

    audit_chain.seal_leftovers()

    assert sequences(cast.northwind) == list(range(1, count + 1))
    assert verify_chain(company=cast.northwind, at=at).is_whole


def test_the_sweep_remembers_how_far_it_came(cast, monkeypatch):
    monkeypatch.setattr(audit_chain, "LOOK_BACK", 1)
    monkeypatch.setattr(audit_chain, "MOST_PER_SWEEP", 4)
    total, sealed = AuditEntry.objects.count(), 0

    while found := audit_chain.seal_leftovers():
        assert found <= 4
        sealed += found

    newest = AuditEntry.objects.order_by("-pk").first()
    assert sealed == total
    assert AuditCursor.objects.get(name="sealed").position == newest.pk - 1


def test_one_companys_trouble_does_not_stop_anothers(cast, at):
    audit_chain.seal_leftovers()
    stuck = audit.record(company=cast.northwind, action="company.changed", at=at)
    sealed = audit.record(company=cast.contoso, action="company.changed", at=at)
    with refused_seals(cast.northwind.pk):
        assert audit_chain.seal_leftovers() == 1

    assert list(AuditEntry.objects.filter(seal__isnull=True)) == [stuck]
    assert AuditSeal.objects.filter(entry=sealed).exists()


def test_a_chain_that_others_keep_extending_is_left_to_the_sweep(cast):
    ids = list(AuditEntry.objects.filter(company=cast.northwind).values_list("pk", flat=True))

    with refused_seals(cast.northwind.pk), pytest.raises(audit_chain.UnableToSeal):
        audit_chain.seal(company_id=cast.northwind.pk, entry_ids=ids)
