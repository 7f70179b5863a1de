import io
import json
import zipfile

import pytest

from accounts.domain import disclosures
from accounts.domain.tokens import issue_token
from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from policies.models import Device
from summaries.domain.keeping.data_subject_export import export
from summaries.domain.keeping.data_subjects import (
    Holdings,
    NoSuchSubject,
    SubjectKind,
    check_named,
    choosable_devices,
    choosable_members,
    find,
    holdings,
    sessions_of,
)
from summaries.domain.keeping.erasure import erase
from tests.conftest import NOW
from tests.summaries.domain.subject_rows import CANARY, add_rich_session
from tests.summaries.session_rows import add_session


@pytest.fixture
def rich(cast):
    add_rich_session(cast.contoso, cast.charlie, 1)
    add_session(cast.northwind, cast.bob, 2, remote_user="somebody else")
    return add_rich_session(cast.northwind, cast.bob, 1)


def found(cast, kind, key, actor=None):
    return find(company=cast.northwind, kind=kind, key=key, actor=actor or cast.alice)


def test_find_a_remote_user_by_name_whatever_its_case(cast, rich):
    subject = found(cast, "remote-user", f" {CANARY.upper()} ")

    assert (subject.kind, subject.label) == (SubjectKind.REMOTE_USER, CANARY.upper())
    assert list(sessions_of(subject=subject)) == [rich]
    assert holdings(subject=subject) == Holdings(sessions=1, logs=1, summaries=1, consents=1)
    assert subject.reference == found(cast, "remote-user", CANARY).reference != ""


def test_find_a_device_by_name_or_id(cast, rich):
    by_name, by_id = found(cast, "device", "acc-14"), found(cast, "device", str(rich.device_id))

    assert by_name == by_id
    assert (by_name.label, list(sessions_of(subject=by_name))) == ("ACC-14", [rich])


def test_find_a_member_counts_what_is_theirs(cast, rich):
    membership = cast.membership(cast.bob)
    issue_token(
        membership=membership,
        name="CI",
        scopes=["sessions:read"],
        expires_at=NOW.replace(year=2027),
        actor=cast.alice,
        at=NOW,
    )
    acted = AuditEntry.objects.filter(actor=cast.bob).count()

    subject = found(cast, "member", str(membership.pk))

    assert subject.label == "Bob"
    expected = Holdings(sessions=2, logs=1, summaries=1, consents=1, audit_entries=acted, tokens=1, sign_ins=0)
    assert holdings(subject=subject) == expected


def test_find_without_an_actor_is_the_operators(cast, rich):
    assert find(company=cast.northwind, kind="remote-user", key=CANARY, actor=None).label == CANARY


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("member", ""),
        ("member", "x"),
        ("member", "9" * 30),
        ("device", "ACC-99"),
        ("device", ""),
        ("remote-user", ""),
        ("remote-user", "nobody"),
        ("remote-user", "x" * 121),
        ("remote-user", "a\x00b"),
        ("person", "Bob"),
    ],
)
def test_find_nobody_says_so(cast, rich, kind, key):
    with pytest.raises(NoSuchSubject):
        found(cast, kind, key)


def test_find_knows_nothing_of_another_company(cast, rich):
    Device.objects.create(company=cast.contoso, name="CONTOSO-1")
    add_rich_session(cast.contoso, cast.charlie, 3, name="their-user")

    foreign = [
        ("member", str(cast.membership(cast.charlie).pk)),
        ("device", "CONTOSO-1"),
        ("remote-user", "their-user"),
    ]
    for kind, key in foreign:
        with pytest.raises(NoSuchSubject):
            found(cast, kind, key)


def test_find_needs_the_permission(cast, rich):
    for actor in (cast.bob, cast.mona, cast.charlie):
        with pytest.raises(PermissionMissing):
            found(cast, "remote-user", CANARY, actor)


def test_choices_are_the_companys(cast, rich):
    assert [str(each) for each in choosable_members(company=cast.northwind)] == ["Alice", "Bob", "Mona"]
    Device.objects.create(company=cast.northwind, name="ACC-15")
    Device.objects.create(company=cast.contoso, name="ACC-16")
    assert choosable_devices(company=cast.northwind, at_most=5) == ["ACC-14", "ACC-15"]
    assert choosable_devices(company=cast.northwind, at_most=1) == ["ACC-14"]


def test_works_council_mode_keeps_what_a_member_did_from_those_who_know_them_by_pseudonym(cast, rich, at):
    subject = found(cast, "member", str(cast.membership(cast.bob).pk))
    check_named(subject=subject, actor=cast.alice, at=at)
    disclosures.switch_on(company=cast.northwind, actor=cast.alice, at=at)

    for refused in (check_named, export, erase):
        with pytest.raises(NoSuchSubject, match="works-council mode"):
            refused(subject=subject, actor=cast.alice, at=at)

    check_named(subject=subject, actor=None, at=at)
    check_named(subject=found(cast, "device", "ACC-14"), actor=cast.alice, at=at)
    assert find(company=cast.northwind, kind="member", key=subject.key, actor=None).label == "Bob"


def test_works_council_mode_calls_supporters_by_pseudonym_in_the_copy(cast, rich, at):
    disclosures.switch_on(company=cast.northwind, actor=cast.alice, at=at)
    data = b"".join(export(subject=found(cast, "remote-user", CANARY), actor=cast.alice, at=at))

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (row,) = map(json.loads, archive.read("sessions.jsonl").splitlines())
    assert (row["supporter"].startswith("Supporter "), "Bob" in str(row)) == (True, False)
