from datetime import date, timedelta

import pytest

from credits.domain.use import UseRow, table_of, use_of
from tests.credits.ledger_rows import count_only, use_credit

NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def used(cast, at):
    """Four sessions of Bob, Mona and nobody; what another month, company or a failure used does not count."""
    northwind = cast.northwind
    use_credit(northwind, at=at, member_id=cast.bob.pk, policy="Standard", device_group="Kiosks")
    use_credit(northwind, at=at, member_id=cast.bob.pk, ending="RESERVED")
    use_credit(northwind, at=at)
    use_credit(northwind, at=at, member_id=cast.bob.pk, ending="RELEASED")
    use_credit(northwind, at=at - timedelta(days=30), member_id=cast.alice.pk)
    use_credit(cast.contoso, at=at, member_id=cast.charlie.pk, policy="Secret", device_group="Secret")
    count_only(northwind)
    use_credit(northwind, at=at, member_id=cast.mona.pk)
    return northwind


def test_each_split_adds_up_to_the_months_use(cast, used):
    use = use_of(company=used, month=NOVEMBER, name_of=str)

    assert (use.credits, use.sessions) == (3, 4)
    assert {split.by: split.rows for split in use.splits} == {
        "member": [
            UseRow(str(cast.bob.pk), "Bob", 2, 2, 0.5),
            UseRow(str(cast.mona.pk), "Mona", 0, 1, 0.25),
            UseRow("", "No member", 1, 1, 0.25),
        ],
        "policy": [UseRow("", "No policy (outgoing)", 2, 3, 0.75), UseRow("Standard", "Standard", 1, 1, 0.25)],
        "group": [UseRow("", "No group", 2, 3, 0.75), UseRow("Kiosks", "Kiosks", 1, 1, 0.25)],
    }
    assert [
        (sum(row.credits for row in split.rows), sum(row.sessions for row in split.rows)) for split in use.splits
    ] == [(3, 4)] * 3


def test_the_file_holds_the_rows_of_the_page(used):
    rows = list(table_of(use_of(company=used, month=NOVEMBER, name_of=lambda user: f"Supporter {user.name[0]}")))

    assert rows == [
        ("by", "name", "credits", "sessions", "share_percent"),
        ("Member", "Supporter B", 2, 2, "50"),
        ("Member", "No member", 1, 1, "25"),
        ("Member", "Supporter M", 0, 1, "25"),
        ("Policy", "No policy (outgoing)", 2, 3, "75"),
        ("Policy", "Standard", 1, 1, "25"),
        ("Device group", "No group", 2, 3, "75"),
        ("Device group", "Kiosks", 1, 1, "25"),
    ]


def test_a_month_without_use_has_no_rows(cast):
    use = use_of(company=cast.northwind, month=NOVEMBER, name_of=str)

    assert (use.credits, use.sessions, [split.rows for split in use.splits]) == (0, 0, [[], [], []])


def test_the_split_is_the_same_number_of_queries_for_one_row_and_for_three(cast, at, django_assert_num_queries):
    use_credit(cast.northwind, at=at, member_id=cast.bob.pk)
    with django_assert_num_queries(4):
        use_of(company=cast.northwind, month=NOVEMBER, name_of=str)
    for member in (cast.mona, cast.alice):
        use_credit(cast.northwind, at=at, member_id=member.pk, policy=member.name)

    with django_assert_num_queries(4):
        use_of(company=cast.northwind, month=NOVEMBER, name_of=str)
