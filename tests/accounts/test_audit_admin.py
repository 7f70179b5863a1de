"""The pages of the audit log, and its export."""

import csv
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.domain import audit, audit_chain
from accounts.models import AuditEntry
from tests.summaries.report_examples import store_session, store_summary

LOG = reverse("admin:accounts_auditentry_changelist")


@pytest.fixture
def alice(cast, client):
    # Signed in with the password just now: the export asks for that.
    client.post(reverse("account_login"), {"login": cast.alice.email, "password": "a-long-enough-password"})
    return client


@pytest.fixture
def log(cast, at):
    """Write an entry of Northwind."""

    def write(action="member.changed", **fields):
        fields = {"actor": cast.bob, "at": at, **fields}
        return audit.record(company=cast.northwind, action=action, **fields)

    return write


def shown(client, **filters):
    return [told.entry for told in client.get(LOG, filters).context["rows"]]


def lines_of(response):
    return b"".join(response.streaming_content).decode().splitlines()


def export(client, kind, **filters):
    return client.get(reverse("admin:accounts_auditentry_export", args=[kind]), filters)


def test_an_entry_is_told_in_words(alice, cast, log):
    entry = log(
        "role.changed",
        actor=cast.mona,
        target=cast.membership(cast.bob),
        address="192.0.2.7",
        details={
            "before": {"name": "Supporter", "permissions": []},
            "after": {"name": "Supporter", "permissions": ["export_summaries"]},
        },
    )
    audit_chain.seal_leftovers()

    page = alice.get(LOG, {"person": cast.mona.pk}).content.decode()
    detail = alice.get(reverse("admin:accounts_auditentry_change", args=[entry.pk])).content.decode()

    for words in ("Role changed", "Supporter + Export summaries", "Mona", "192.0.2.7", f"no. {entry.seal.sequence}"):
        assert words in page
    for words in ("Role changed", "Added: Export summaries", f"No. {entry.seal.sequence} in the chain"):
        assert words in detail


def test_an_entry_without_a_seal_says_so(alice, log):
    entry = log()

    assert "waiting" in alice.get(LOG).content.decode()
    assert "Not sealed yet" in alice.get(reverse("admin:accounts_auditentry_change", args=[entry.pk])).content.decode()


def test_log_is_narrowed_to_a_person_and_to_nobody(alice, cast, log):
    of_bob, of_nobody = log(), log(actor=None)

    assert shown(alice, person=cast.bob.pk) == [of_bob]
    assert of_nobody in shown(alice, person="nobody")
    assert all(entry.actor is None for entry in shown(alice, person="nobody"))
    # A person of another company did nothing here.
    assert shown(alice, person=cast.charlie.pk) == []


def test_log_is_narrowed_to_a_kind_of_event(alice, log):
    viewed = log("summary.viewed")

    assert shown(alice, group="Summaries") == [viewed]


def test_log_is_narrowed_to_days_of_the_readers_zone(alice, cast, log, at):
    old = log(at=at - timedelta(days=400))
    cast.alice.time_zone = "Pacific/Auckland"  # 13 hours ahead: 09:00 UTC is 22:00 there
    cast.alice.save()
    day = (at - timedelta(days=400)).date().isoformat()

    assert shown(alice, since=day, until=day) == [old]
    assert shown(alice, until="2000-01-01") == []


def test_log_is_narrowed_to_an_object(alice, cast, log):
    entry = log(target=cast.membership(cast.mona))
    log(target=cast.membership(cast.bob))

    found = shown(alice, object_type="membership", object_id=cast.membership(cast.mona).pk)

    assert entry in found
    assert {each.object_id for each in found} == {str(cast.membership(cast.mona).pk)}


@pytest.mark.parametrize("text", ["Summary viewed", "summary.viewed", "bob@northwind.example", "192.0.2.99"])
def test_search_finds_event_code_person_and_address(alice, log, text):
    entry = log("summary.viewed", address="192.0.2.99")

    assert entry in shown(alice, q=text)
    assert len(shown(alice, q=text)) < AuditEntry.objects.count()


def test_search_finds_nothing_of_another_company(alice, cast, at):
    audit.record(company=cast.contoso, actor=cast.charlie, action="summary.viewed", at=at)

    assert shown(alice, q="charlie") == []
    assert shown(alice, q="summary.viewed") == []


@pytest.mark.parametrize(
    "filters",
    [
        {"person": "x"},
        {"person": "9" * 40},
        {"group": "Nothing"},
        {"since": "yesterday"},
        {"until": "2026-13-40"},
        {"before": "zz"},
        {"after": "-"},
        {"q": "\x00"},
    ],
)
def test_a_malformed_filter_counts_as_none(alice, filters):
    assert len(shown(alice, **filters)) == min(len(shown(alice)), 50)


@pytest.mark.parametrize("filters", [{"until": "9999-12-31"}, {"since": "0001-01-01"}, {"until": "0001-01-01"}])
def test_a_day_at_either_end_of_time_is_no_error(alice, cast, filters):
    type(cast.northwind).objects.update(time_zone="Europe/Berlin")

    assert alice.get(LOG, filters).status_code == 200


def test_pages_lead_through_the_whole_log_and_back(alice, cast, log, at):
    entries = [log(at=at + timedelta(minutes=number)) for number in range(120)][::-1]
    seen, address = [], {"person": cast.bob.pk}
    pages = []
    while True:
        page = alice.get(LOG, address).context["page"]
        pages.append(page)
        seen += page.entries
        if not page.older:
            break
        address = {"person": cast.bob.pk, "before": page.older}

    assert seen == entries
    assert [len(page.entries) for page in pages] == [50, 50, 20]
    back = alice.get(LOG, {"person": cast.bob.pk, "after": pages[1].newer}).context["page"]
    assert (back.entries, back.newer) == (pages[0].entries, "")
    last = alice.get(LOG, {"person": cast.bob.pk, "after": pages[2].newer}).context["page"]
    assert (last.entries, bool(last.newer)) == (pages[1].entries, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_entries_as_for_one(alice, cast, log, count):
    for _ in range(count):
        log("member.removed", target=cast.membership(cast.bob))
    alice.get(LOG)

    with CaptureQueriesContext(connection) as queries:
        alice.get(LOG, {"person": cast.bob.pk, "group": "Members and roles"})

    own = [
        each["sql"] for each in queries if "auditentry" in each["sql"] or 'FROM "accounts_membership"' in each["sql"]
    ]
    # The people and the entries to choose from, and the page; the viewer's roles are asked in words of their own.
    assert len(own) == 3


def test_no_entry_matches_is_told_with_a_way_on(alice):
    page = alice.get(LOG, {"q": "nothing at all"}).content.decode()

    assert "No entry matches" in page
    assert "Clear filters" in page


def test_an_entry_is_read_and_never_changed(alice, cast):
    entry = AuditEntry.objects.filter(company=cast.northwind).first()
    address = reverse("admin:accounts_auditentry_change", args=[entry.pk])

    assert alice.get(address).status_code == 200
    assert alice.post(address, {"action": "x"}).status_code == 403
    assert alice.post(LOG, {"action": "delete_selected"}).status_code == 403


def test_what_steers_a_terminal_is_shown_written_out(alice, cast, at):
    # As an entry stood before characters were written out when it was recorded.
    entry = AuditEntry.objects.create(
        company=cast.northwind, action="a\x1b[2J.b", at=at, object_type="x\x07", details={"name\x1b": "v\u202e"}
    )
    page = alice.get(reverse("admin:accounts_auditentry_change", args=[entry.pk])).content.decode()
    line = lines_of(export(alice, "csv", q="a\x1b[2J.b"))[1]

    assert [sign for sign in "\x1b\x07\u202e" if sign in page + line] == []
    assert "‹U+001B›" in page
    assert "‹U+001B›" in line


def test_export_holds_exactly_the_filtered_rows(alice, cast, log):
    entries = [log("summary.viewed", target=cast.membership(cast.bob)) for _ in range(3)][::-1]
    log("session.ended")

    rows = list(csv.DictReader(lines_of(export(alice, "csv", group="Summaries"))))
    told = [json.loads(line) for line in lines_of(export(alice, "jsonl", group="Summaries"))]

    assert [row["Object"] for row in rows] == ["Bob"] * 3
    assert [row["Account"] for row in rows] == ["bob@northwind.example"] * 3
    assert [each["id"] for each in told] == [str(entry.public_id) for entry in entries]


def test_export_reads_in_batches_and_leaves_nothing_out(alice, cast, log, monkeypatch):
    monkeypatch.setattr("accounts.domain.audit_queries.EXPORT_ROWS", 2)
    for _ in range(5):
        log("summary.viewed")

    assert len(lines_of(export(alice, "jsonl", person=cast.bob.pk))) == 5


def test_export_is_itself_in_the_log(alice, cast, log):
    lines_of(export(alice, "jsonl", group="Summaries"))

    entry = AuditEntry.objects.get(company=cast.northwind, action="audit.exported")
    assert (entry.actor, entry.details) == (cast.alice, {"format": "jsonl", "filters": {"group": "Summaries"}})


def test_export_names_nothing_of_another_company(alice, cast, at):
    audit.record(company=cast.contoso, actor=cast.charlie, action="summary.viewed", at=at)

    lines = "\n".join([*lines_of(export(alice, "csv")), *lines_of(export(alice, "jsonl"))])

    assert "charlie" not in lines.casefold()


def test_a_formula_in_an_exported_cell_is_text(alice, log):
    log("device.created", details={"name": '=HYPERLINK("http://x")'})

    [row] = csv.DictReader(lines_of(export(alice, "csv", group="Policies and devices")))

    assert row["Details"] == '\'=HYPERLINK("http://x")'


def test_an_unknown_kind_of_export_is_not_found(alice):
    assert export(alice, "xml").status_code == 404


def test_export_asks_again_who_it_is_after_a_while(cast, client):
    client.force_login(cast.alice)

    response = export(client, "csv")

    assert response.status_code == 302
    assert response.url.startswith(reverse("account_reauthenticate"))


def test_search_finds_a_session_by_number(alice, cast, log):
    session = store_session(cast.northwind, cast.bob, number=1042)
    entry = log("summary.viewed", target=store_summary(session))

    assert shown(alice, q="s-1042") == [entry]
    assert shown(alice, q="S-7") == []
