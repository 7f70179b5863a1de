"""Every way to tamper with the log on the raw database, behind the triggers' back, is found and named."""

import hashlib
from datetime import timedelta

import pytest

from accounts.domain import audit, audit_chain, audit_verification
from accounts.domain.audit_verification import Head, MalformedHead, read_head, verify_chain
from accounts.models import AuditCursor, AuditEntry, AuditSeal
from tests.accounts.tampering import run, unprotected_log


@pytest.fixture
def chain(cast, at):
    """Northwind's sealed chain: [the seal of no. 1, of no. 2, …]."""
    for number in range(3):
        audit.record(
            company=cast.northwind,
            actor=cast.alice,
            action="member.changed",
            at=at,
            target=cast.membership(cast.bob),
            address="192.0.2.7",
            details={"number": number},
        )
    audit_chain.seal_leftovers()
    return list(AuditSeal.objects.filter(company=cast.northwind).order_by("sequence"))


@pytest.fixture
def broken(cast, at):
    """The places at which Northwind's chain is broken now."""
    return lambda **head: [fault.sequence for fault in verify_chain(company=cast.northwind, at=at, **head).faults]


def test_an_untouched_chain_is_whole(cast, at, chain):
    found = verify_chain(company=cast.northwind, at=at)

    assert (found.is_whole, found.sealed, found.waiting) == (True, len(chain), 0)
    assert found.head == Head(len(chain), chain[-1].digest)
    assert str(found.head) == f"{len(chain)}:{chain[-1].digest}"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("public_id", "0" * 32),
        ("at", "2020-01-01 00:00:00+00:00"),
        ("actor_id", None),
        ("action", "member.viewed"),
        ("object_type", "role"),
        ("object_id", "4711"),
        ("address", "198.51.100.1"),
        ("details", '{"number": 7}'),
    ],
)
def test_a_changed_field_is_found(broken, chain, column, value):
    seal = chain[-2]

    with unprotected_log():
        run(f"UPDATE accounts_auditentry SET {column} = %s WHERE id = %s", value, seal.entry_id)

        assert broken() == [seal.sequence]


def test_an_entry_moved_to_another_company_is_found(cast, broken, chain):
    with unprotected_log():
        run("UPDATE accounts_auditentry SET company_id = %s WHERE id = %s", cast.contoso.pk, chain[1].entry_id)

        assert broken() == [2]


def test_an_entry_removed_from_the_middle_is_found(broken, chain):
    with unprotected_log():
        run("DELETE FROM accounts_auditentry WHERE id = %s", chain[2].entry_id)

        assert broken() == [3]


def test_an_entry_removed_with_its_seal_is_found(broken, chain):
    with unprotected_log():
        run("DELETE FROM accounts_auditseal WHERE id = %s", chain[2].pk)
        run("DELETE FROM accounts_auditentry WHERE id = %s", chain[2].entry_id)

        assert broken() == [3, 4]


def test_removed_places_that_were_counted_anew_are_found(broken, chain):
    with unprotected_log():
        run("DELETE FROM accounts_auditseal WHERE id = %s", chain[2].pk)
        run("DELETE FROM accounts_auditentry WHERE id = %s", chain[2].entry_id)
        for seal in chain[3:]:
            run("UPDATE accounts_auditseal SET sequence = %s WHERE id = %s", seal.sequence - 1, seal.pk)

        assert broken() == [seal.sequence - 1 for seal in chain[3:]]


def test_a_cut_off_end_is_found_against_a_noted_head(cast, at, broken, chain):
    head = verify_chain(company=cast.northwind, at=at).head
    with unprotected_log():
        for seal in chain[-2:]:
            run("DELETE FROM accounts_auditseal WHERE id = %s", seal.pk)
            run("DELETE FROM accounts_auditentry WHERE id = %s", seal.entry_id)

        assert broken() == []
        assert broken(head=head) == [chain[-2].sequence]


def test_a_chain_that_lost_everything_is_found_against_a_noted_head(cast, at, broken, chain):
    head = verify_chain(company=cast.northwind, at=at).head
    with unprotected_log():
        run("DELETE FROM accounts_auditseal WHERE company_id = %s", cast.northwind.pk)
        run("DELETE FROM accounts_auditentry WHERE company_id = %s", cast.northwind.pk)

        assert broken(head=head) == [1]


def test_a_cut_off_end_is_found_when_it_was_streamed_before(cast, broken, chain):
    name = f"{audit_verification.stream_prefix(company=cast.northwind)}tcp://192.0.2.9:514"
    AuditCursor.objects.create(name=name, position=len(chain))
    with unprotected_log():
        run("DELETE FROM accounts_auditseal WHERE id = %s", chain[-1].pk)
        run("DELETE FROM accounts_auditentry WHERE id = %s", chain[-1].entry_id)

        assert broken() == [len(chain)]


def test_another_end_than_the_noted_one_is_found(broken, chain):
    assert broken(head=Head(len(chain), "0" * 64)) == [len(chain)]
    assert broken(head=Head(2, chain[1].digest)) == []


def test_two_entries_that_changed_places_are_found(broken, chain):
    first, second = chain[1], chain[2]
    with unprotected_log():
        run("UPDATE accounts_auditseal SET entry_id = %s WHERE id = %s", -1, first.pk)
        run("UPDATE accounts_auditseal SET entry_id = %s WHERE id = %s", first.entry_id, second.pk)
        run("UPDATE accounts_auditseal SET entry_id = %s WHERE id = %s", second.entry_id, first.pk)

        assert broken() == [2, 3]


def test_two_seals_that_changed_places_are_found(broken, chain):
    first, second = chain[1], chain[2]
    with unprotected_log():
        run("UPDATE accounts_auditseal SET sequence = 0 WHERE id = %s", first.pk)
        run("UPDATE accounts_auditseal SET sequence = 2 WHERE id = %s", second.pk)
        run("UPDATE accounts_auditseal SET sequence = 3 WHERE id = %s", first.pk)

        assert broken()[:2] == [2, 3]


def test_a_forged_entry_with_a_plain_hash_is_found(cast, at, broken, chain):
    forged = AuditEntry.objects.create(company=cast.northwind, action="summary.viewed", at=at)
    sequence = len(chain) + 1
    text = audit_chain.sealed_text(entry=forged, sequence=sequence, previous=chain[-1].digest)
    plain = hashlib.sha256(text).hexdigest()

    AuditSeal.objects.create(company=cast.northwind, entry=forged, sequence=sequence, digest=plain)

    assert broken() == [sequence]


def test_another_companys_entry_with_its_seal_is_found(cast, broken, chain):
    foreign = AuditSeal.objects.filter(company=cast.contoso).order_by("sequence").first()
    with unprotected_log():
        run("DELETE FROM accounts_auditseal WHERE id = %s", chain[0].pk)
        run("UPDATE accounts_auditseal SET company_id = %s WHERE id = %s", cast.northwind.pk, foreign.pk)

        assert broken()[0] == 1


def test_an_entry_put_in_without_a_seal_is_found_after_a_while(cast, at, broken, chain):
    AuditEntry.objects.create(company=cast.northwind, action="summary.viewed", at=at - timedelta(hours=2))

    assert broken() == [0]


def test_a_fresh_entry_waits_for_its_seal(cast, at, chain):
    audit.record(company=cast.northwind, action="company.changed", at=at)

    found = verify_chain(company=cast.northwind, at=at)

    assert (found.is_whole, found.waiting) == (True, 1)


def test_faults_beyond_a_bound_are_counted(cast, at, chain, monkeypatch):
    monkeypatch.setattr(audit_verification, "MOST_FAULTS", 2)
    with unprotected_log():
        run("UPDATE accounts_auditentry SET action = 'nothing.happened' WHERE company_id = %s", cast.northwind.pk)

        found = verify_chain(company=cast.northwind, at=at)

    assert (len(found.faults), found.fault_count) == (2, len(chain))


def test_a_chain_is_walked_in_batches(cast, at, chain, monkeypatch):
    monkeypatch.setattr(audit_verification, "BATCH", 2)
    steps = []

    found = verify_chain(company=cast.northwind, at=at, on_progress=steps.append)

    assert found.is_whole
    assert (sum(steps), max(steps)) == (len(chain), 2)


def test_a_chain_stays_verifiable_after_the_secret_key_was_replaced(cast, at, chain, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the-next-secret-of-this-installation"
    audit.record(company=cast.northwind, action="company.changed", at=at)
    audit_chain.seal_leftovers()

    assert verify_chain(company=cast.northwind, at=at).is_whole

    settings.SECRET_KEY_FALLBACKS = []
    assert verify_chain(company=cast.northwind, at=at).fault_count == len(chain)


def test_a_chain_stays_verifiable_once_encryption_keys_are_named(cast, at, chain, settings):
    settings.ENCRYPTION_KEYS = ["bmV3ZXN0LWtleS1vZi10aGUtdGVzdC1ydW4tMzItYnl0ZXM="]
    audit.record(company=cast.northwind, action="company.changed", at=at)
    audit_chain.seal_leftovers()

    assert verify_chain(company=cast.northwind, at=at).is_whole


def test_a_head_is_read_as_it_was_printed():
    assert read_head(" 12:ab34\n") == Head(12, "ab34")


@pytest.mark.parametrize("text", ["", "12", "12:", ":ab", "x:ab", "²:ab"])
def test_a_malformed_head_is_refused(text):
    with pytest.raises(MalformedHead, match="SEQUENCE:DIGEST"):
        read_head(text)
