from datetime import timedelta

import pytest

from credits.domain import ledger_queries
from credits.domain.grants import adjust, grant_purchased
from credits.domain.ledger_filters import Chip, LedgerFilter, chips, read_filter
from credits.domain.ledger_queries import entries_of, page_of, table_of, words_for
from credits.models import Entry, Grant
from tests.credits.ledger_rows import count_only, use_credit


@pytest.fixture
def ledger(cast, at):
    """Bob's and Mona's sessions among grants, an adjustment and a metered session; Contoso's entries in between."""
    northwind = cast.northwind
    october = at - timedelta(days=31)
    use_credit(
        northwind, at=october, member_id=cast.bob.pk, session_label="S-1", policy="Standard", device_group="Desk"
    )
    use_credit(cast.contoso, at=at, member_id=cast.charlie.pk, session_label="S-1")
    grant_purchased(company=northwind, credits=20, at=at, note="Paid")
    use_credit(northwind, at=at, member_id=cast.mona.pk, session_label="S-2")
    adjust(company=northwind, amount=-3, reason="Given twice", at=at, actor=cast.alice)
    use_credit(northwind, at=at + timedelta(hours=1), session_label="S-3", ending="RELEASED")
    count_only(northwind)
    use_credit(northwind, at=at + timedelta(hours=2), member_id=cast.bob.pk, session_label="S-4")
    return northwind


def entries(cast, **filtered):
    return entries_of(company=cast.northwind, viewer=cast.alice, narrowed=LedgerFilter(**filtered))


def shown(cast, **filtered):
    """(kind, session, amount, balance) of all pages, and how many pages there were."""
    found, before, pages = [], "", 0
    while True:
        page = page_of(company=cast.northwind, entries=entries(cast, **filtered), before=before)
        found += [(row.entry.kind, row.session_label, row.entry.amount, row.balance) for row in page.rows]
        pages, before = pages + 1, page.older
        if not before:
            return found, pages


WHOLE = [
    ("CHARGE", "S-4", 0, 115),
    ("RESERVE", "S-4", 0, 115),
    ("RELEASE", "S-3", 0, 115),
    ("RESERVE", "S-3", 0, 115),
    ("ADJUST", "", -3, 115),
    ("CHARGE", "S-2", -1, 118),
    ("RESERVE", "S-2", 0, 119),
    ("GRANT", "", 50, 119),
    ("GRANT", "", 20, 69),
    ("CHARGE", "S-1", -1, 49),
    ("RESERVE", "S-1", 0, 50),
    ("GRANT", "", 50, 50),
]


def test_each_row_has_the_balance_after_it_of_the_whole_company(cast, ledger):
    assert shown(cast) == (WHOLE, 1)
    assert sum(Entry.objects.filter(company=ledger).values_list("amount", flat=True)) == WHOLE[0][3]


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_the_balance_is_right_on_every_page_and_with_filters(cast, ledger, monkeypatch, rows):
    monkeypatch.setattr(ledger_queries, "PAGE_ROWS", rows)

    assert shown(cast)[0] == WHOLE
    assert shown(cast, kind="CHARGE")[0] == [row for row in WHOLE if row[0] == "CHARGE"]


@pytest.mark.parametrize(
    ("filtered", "sessions"),
    [
        ({"month": "2026-10"}, ["S-1", "S-1", ""]),
        ({"first": "2026-11-20", "last": "2026-11-20", "kind": "RESERVE"}, ["S-4", "S-3", "S-2"]),
        ({"last": "2026-10-31", "kind": "CHARGE"}, ["S-1"]),
        ({"used_in": "2026-11"}, ["S-4", "S-4", "S-2", "S-2"]),
        ({"session": "s-3"}, ["S-3", "S-3"]),
        ({"policy": "Standard"}, ["S-1", "S-1"]),
        ({"group": "Desk", "kind": "CHARGE"}, ["S-1"]),
        ({"without": "member"}, ["S-3", "S-3"]),
        ({"without": "policy", "kind": "CHARGE"}, ["S-4", "S-2"]),
        ({"without": "group", "month": "2026-10"}, []),
        ({"member": "0"}, []),
        ({"grant": "0"}, []),
    ],
)
def test_filters_combine(cast, ledger, filtered, sessions):
    assert [session for _, session, _, _ in shown(cast, **filtered)[0]] == sessions


def test_filters_by_member_and_by_grant(cast, ledger):
    bobs = shown(cast, member=str(cast.bob.pk), used_in="2026-10")[0]
    purchased = Grant.objects.get(company=ledger, kind="PURCHASED")

    assert bobs == [("CHARGE", "S-1", -1, 49), ("RESERVE", "S-1", 0, 50)]
    assert shown(cast, grant=str(purchased.pk))[0] == [("GRANT", "", 20, 69)]


def test_a_row_tells_who_what_and_why(cast, ledger, at):
    rows = page_of(company=ledger, entries=entries(cast)).rows
    told = [(row.member and row.member.name, row.grant, row.note, row.is_metered) for row in rows]

    free = "Free credits, November 2026"
    assert told[:6] == [
        ("Bob", "", "Counted only", True),
        ("Bob", "", "Counted only", True),
        (None, free, "", False),
        (None, free, "", False),
        ("Alice", free, "Given twice", False),
        ("Mona", free, "", False),
    ]
    assert told[8] == (None, "Purchased", "Paid", False)


def test_an_adjustments_reason_is_told_once_and_a_session_without_label_by_its_id(cast, at):
    adjust(company=cast.northwind, amount=2, reason="Goodwill", at=at, actor=cast.alice)
    reservation = use_credit(cast.northwind, at=at, ending="RESERVED")

    rows = page_of(company=cast.northwind, entries=entries(cast)).rows

    assert rows[0].session_label == str(reservation.session_id)[:8]
    assert (rows[-1].grant, rows[-1].note) == ("Adjustment, Goodwill", "")


@pytest.mark.parametrize("chunk", [1, 5, 2_000])
def test_the_file_holds_exactly_the_rows_of_all_pages(cast, ledger, monkeypatch, chunk):
    monkeypatch.setattr(ledger_queries, "CHUNK_ROWS", chunk)

    lines = list(table_of(company=ledger, entries=entries(cast), name_of=lambda user: f"M. {user.name}"))

    assert lines[0] == ledger_queries.COLUMNS
    assert [(line[1], line[2], line[4], line[6]) for line in lines[1:]] == [
        (Entry(kind=kind).get_kind_display(), session, amount, balance) for kind, session, amount, balance in WHOLE
    ]
    assert lines[6] == (
        "2026-11-20T09:01:00+00:00",
        "Charged",
        "S-2",
        "M. Mona",
        -1,
        -1,
        118,
        "Free credits, November 2026",
        "",
    )


def test_another_companys_entries_are_nobodys_business(cast, ledger):
    assert list(entries_of(company=ledger, viewer=cast.charlie, narrowed=LedgerFilter())) == []
    assert list(entries_of(company=ledger, viewer=cast.bob, narrowed=LedgerFilter())) == []


@pytest.mark.parametrize("before", ["x", "-", "0", "ffffffffffffffff"])
def test_a_malformed_key_shows_no_error(cast, ledger, before):
    page = page_of(company=ledger, entries=entries(cast), before=before)

    assert len(page.rows) == (0 if before == "0" else len(WHOLE))


def test_a_page_is_two_queries_for_one_row_and_for_three(cast, at, django_assert_num_queries):
    grant_purchased(company=cast.northwind, credits=1, at=at)
    with django_assert_num_queries(2):
        page_of(company=cast.northwind, entries=entries(cast))
    use_credit(cast.northwind, at=at, member_id=cast.bob.pk)

    with django_assert_num_queries(2):
        page_of(company=cast.northwind, entries=entries(cast))


def test_what_is_no_filter_counts_as_absent():
    read = read_filter(
        {
            "month": "2026-13",
            "used_in": "soon",
            "first": "yesterday",
            "last": "0001-01-01",
            "kind": "GIFT",
            "member": "1 or 1=1",
            "grant": "9" * 30,
            "session": "\x00",
            "without": "shame",
            "other": "x",
        }
    )

    assert (read, read.values(), read.query()) == (LedgerFilter(), {}, "")


def test_chips_name_what_is_filtered_and_lead_to_the_rest(cast, ledger):
    grant = Grant.objects.get(company=ledger, kind="PURCHASED")
    narrowed = read_filter({"month": "2026-11", "kind": "GRANT", "grant": str(grant.pk), "without": "group"})

    found = chips(narrowed, names=words_for(company=ledger, narrowed=narrowed, name_of=str))

    assert found == [
        Chip("Month", "November 2026", f"kind=GRANT&grant={grant.pk}&without=group"),
        Chip("Type", "Granted", f"month=2026-11&grant={grant.pk}&without=group"),
        Chip("Grant", "Purchased", "month=2026-11&kind=GRANT&without=group"),
        Chip("Without", "No group", f"month=2026-11&kind=GRANT&grant={grant.pk}"),
    ]


def test_ids_of_another_company_have_no_name(cast, ledger):
    theirs = Grant.objects.filter(company=cast.contoso).first()
    narrowed = LedgerFilter(member=str(cast.charlie.pk), grant=str(theirs.pk))

    assert words_for(company=ledger, narrowed=narrowed, name_of=str) == {"member": "unknown", "grant": "unknown"}
    bobs = words_for(company=ledger, narrowed=LedgerFilter(member=str(cast.bob.pk)), name_of=lambda user: user.name)
    assert bobs == {"member": "Bob"}
