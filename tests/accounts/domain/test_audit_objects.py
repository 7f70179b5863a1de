import pytest

from accounts.domain import audit
from accounts.domain.audit_objects import ids_of_session, kind_of, names_of
from accounts.models import AuditEntry
from policies.models import Device
from tests.summaries.report_examples import store_session, store_summary


@pytest.fixture
def named(cast, at):
    """The name under which the log shows an entry about *target*."""

    def name(target):
        entry = audit.record(company=cast.northwind, action="object.seen", at=at, target=target)
        return names_of(company=cast.northwind, entries=[entry]).get((entry.object_type, entry.object_id))

    return name


def test_objects_are_called_by_name(cast, named):
    device = Device.objects.create(company=cast.northwind, name="ACC-77\x1b")

    assert named(device) == "ACC-77‹U+001B›"
    assert named(cast.membership(cast.bob)) == "Bob"


def test_what_belongs_to_a_session_is_called_by_its_number(cast, named):
    session = store_session(cast.northwind, cast.bob, number=1042)

    assert named(session) == "S-1042"
    assert named(store_summary(session)) == "S-1042"


def test_another_companys_object_and_an_unknown_one_have_no_name(cast, named, at):
    assert named(cast.membership(cast.charlie)) is None
    entries = [
        AuditEntry(object_type=kind, object_id=key)
        for kind, key in [("device", "x"), ("supportsession", "not-a-uuid"), ("gone", "1"), ("membership", "9" * 40)]
    ]
    assert names_of(company=cast.northwind, entries=entries) == {}


def test_kinds_are_called_as_their_pages_are():
    assert kind_of("supportsession") == "Support session"
    assert kind_of("membership") == "Member"
    assert kind_of("gone\x1b") == "Gone‹U+001B›"


def test_a_session_is_found_with_what_belongs_to_it(cast):
    session = store_session(cast.northwind, cast.bob, number=1042)
    summary = store_summary(session)
    store_session(cast.contoso, cast.charlie, number=1042)

    assert set(ids_of_session(company=cast.northwind, number=1042)) == {str(session.public_id), str(summary.public_id)}
    assert ids_of_session(company=cast.northwind, number=7) == []
