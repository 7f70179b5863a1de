import pytest
from django.db import DatabaseError, transaction

from accounts.domain import audit
from accounts.models import AuditEntry


def test_record_keeps_who_when_what_and_on_which_object(cast, at):
    entry = audit.record(
        company=cast.northwind,
        actor=cast.alice,
        action="member.changed",
        at=at,
        target=cast.membership(cast.bob),
        address="192.0.2.7",
        details={"log_sessions": True},
    )

    kept = AuditEntry.objects.get(pk=entry.pk)
    assert (kept.actor, kept.action, kept.at, kept.address) == (cast.alice, "member.changed", at, "192.0.2.7")
    assert (kept.object_type, kept.object_id) == ("membership", str(cast.membership(cast.bob).pk))
    assert kept.details == {"log_sessions": True}


def test_record_stands_without_actor_target_and_details(cast, at):
    entry = audit.record(company=cast.northwind, action="company.checked", at=at)

    assert (entry.actor, entry.object_type, entry.object_id, entry.details) == (None, "", "", {})


def test_database_refuses_to_change_an_audit_entry(cast):
    with pytest.raises(DatabaseError, match="the audit log is append-only"), transaction.atomic():
        AuditEntry.objects.filter(company=cast.northwind).update(action="nothing.happened")

    assert not AuditEntry.objects.filter(action="nothing.happened").exists()


def test_database_refuses_to_delete_an_audit_entry(cast):
    before = AuditEntry.objects.count()

    with pytest.raises(DatabaseError, match="the audit log is append-only"), transaction.atomic():
        AuditEntry.objects.filter(company=cast.northwind).delete()

    assert AuditEntry.objects.count() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_append_only_stands_again_after_a_transactional_test_was_emptied(cast, turn):
    assert AuditEntry.objects.filter(action="company.created").count() == 2
    with pytest.raises(DatabaseError, match="the audit log is append-only"), transaction.atomic():
        AuditEntry.objects.update(action="nothing.happened")
