import io
import json
import tracemalloc
import zipfile

import pytest

from accounts.domain.tokens import issue_token
from accounts.models import AuditEntry, Mail
from accounts.tenancy import PermissionMissing
from summaries.domain.keeping.data_subject_export import export
from summaries.domain.keeping.data_subjects import find
from summaries.models import Interaction
from tests.conftest import NOW
from tests.summaries.domain.subject_rows import CANARY, add_rich_session
from tests.summaries.session_rows import add_interactions, add_session

HOSTILE = "../../etc/passwd\n\u202egnp.exe"


def copy_of(cast, kind, key, at):
    """{file name: rows, or text} of the export."""
    subject = find(company=cast.northwind, kind=kind, key=key, actor=cast.alice)
    data = b"".join(export(subject=subject, actor=cast.alice, at=at))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    return {
        name: text if name == "README.txt" else [json.loads(line) for line in text.splitlines()]
        for name, text in texts.items()
    }


@pytest.fixture
def rich(cast):
    add_rich_session(cast.contoso, cast.charlie, 1)
    add_rich_session(cast.northwind, cast.bob, 7, name="somebody else")
    return add_rich_session(cast.northwind, cast.bob, 1)


def test_export_of_a_remote_user_holds_their_sessions_whole_and_nothing_else(cast, rich, at):
    copy = copy_of(cast, "remote-user", CANARY, at)

    assert [row["number"] for row in copy["sessions.jsonl"]] == ["S-1"]
    assert [row["text"] for row in copy["interactions.jsonl"]] == [f"echo {CANARY}"] * 2
    assert [row["content"]["title"] for row in copy["summaries.jsonl"]] == [f"Mail of {CANARY}"]
    assert [row["statement"] for row in copy["consents.jsonl"]] == ["Agreed by phone."]
    assert [row["answer"] for row in copy["consent_requests.jsonl"]] == ["GIVEN"]
    assert "somebody else" not in json.dumps(copy)
    assert "digest" not in json.dumps(copy)


def test_export_of_a_device_holds_the_sessions_on_it(cast, rich, at):
    copy = copy_of(cast, "device", "ACC-14", at)

    assert sorted(row["number"] for row in copy["sessions.jsonl"]) == ["S-1", "S-7"]


def test_export_of_a_member_holds_what_they_did_and_not_what_others_did(cast, rich, at):
    own = add_session(cast.northwind, cast.bob, 8, remote_user=CANARY, notes="note of the customer")
    add_interactions(own, 1, text="typed by bob", actor="SUPPORTER")
    Interaction.objects.filter(session=rich).update(actor="REMOTE_USER")
    issue_token(
        membership=cast.membership(cast.bob),
        name="CI",
        scopes=["sessions:read"],
        expires_at=NOW.replace(year=2027),
        actor=cast.alice,
        at=NOW,
    )

    for user, subject in ((cast.bob, "Credits are used"), (cast.alice, "Of another member")):
        values = {"key": "x", "subject": subject, "text": CANARY, "created_at": NOW, "next_attempt_at": NOW}
        Mail.objects.create(company=cast.northwind, recipient=user, **values)

    copy = copy_of(cast, "member", str(cast.membership(cast.bob).pk), at)

    assert [row["subject"] for row in copy["mails.jsonl"]] == ["Credits are used"]
    (person,) = copy["person.jsonl"]
    assert (person["name"], person["email"], person["roles"]) == ("Bob", "bob@northwind.example", ["Supporter"])
    assert [row["number"] for row in copy["sessions.jsonl"]] == [7, 1, 8]
    assert [row["text"] for row in copy["interactions.jsonl"]] == ["typed by bob"]
    assert [row["name"] for row in copy["api_tokens.jsonl"]] == ["CI"]
    assert set(copy) >= {"sign_ins.jsonl", "audit_log.jsonl", "summaries.jsonl"}
    for foreign in (CANARY, "note of the customer", "digest", "password"):
        assert foreign not in json.dumps({name: rows for name, rows in copy.items() if name != "README.txt"})


def test_export_is_audited_without_the_name(cast, rich, at):
    copy_of(cast, "remote-user", CANARY, at)

    entry = AuditEntry.objects.get(action="data_subject.exported")
    assert (entry.actor, entry.details["kind"]) == (cast.alice, "remote-user")
    assert CANARY not in str(entry.details)


def test_export_says_in_plain_words_what_is_in_it(cast, rich, at):
    readme = copy_of(cast, "remote-user", CANARY, at)["README.txt"]

    assert "Northwind IT Services" in readme
    assert "Not searched: mentions of the person" in readme
    assert all(name in readme for name in ("sessions.jsonl", "interactions.jsonl", "consents.jsonl"))


def test_export_of_a_hostile_name_writes_no_hostile_path(cast, at):
    add_rich_session(cast.northwind, cast.bob, 1, name=HOSTILE)

    copy = copy_of(cast, "remote-user", HOSTILE, at)

    assert copy["sessions.jsonl"][0]["remote_user"] == HOSTILE
    assert all(name.replace("_", "").replace(".", "").isalnum() for name in copy)


def test_export_needs_the_permission(cast, rich, at):
    subject = find(company=cast.northwind, kind="remote-user", key=CANARY, actor=None)

    for actor in (cast.bob, cast.mona, cast.charlie):
        with pytest.raises(PermissionMissing):
            export(subject=subject, actor=actor, at=at)

    assert AuditEntry.objects.filter(action="data_subject.exported").count() == 0
    assert b"".join(export(subject=subject, actor=None, at=at))[:2] == b"PK"


@pytest.mark.parametrize("sessions", [1, 3])
def test_export_takes_as_many_queries_for_any_number_of_sessions(cast, at, sessions, django_assert_num_queries):
    for number in range(sessions):
        add_rich_session(cast.northwind, cast.bob, number + 1)
    subject = find(company=cast.northwind, kind="remote-user", key=CANARY, actor=None)
    parts = export(subject=subject, actor=None, at=at)

    with django_assert_num_queries(7):
        list(parts)


def test_export_holds_few_rows_in_memory(cast, at):
    session = add_rich_session(cast.northwind, cast.bob, 1)
    session.interactions.all().delete()
    add_interactions(session, 4_000, text="x" * 5_000)
    subject = find(company=cast.northwind, kind="remote-user", key=CANARY, actor=None)
    tracemalloc.start()

    size = sum(map(len, export(subject=subject, actor=None, at=at)))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # 20 MB of text go through.
    assert (size > 10_000, peak < 10_000_000) == (True, True)
