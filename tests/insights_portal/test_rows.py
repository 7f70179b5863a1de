from insights_portal.lib.rows import update_rows
from summaries.models import SupportSession
from tests.summaries.session_rows import add_session


def test_each_row_gets_the_values_of_its_own_and_no_other_is_touched(cast, at, django_assert_num_queries):
    first, second, third, other = (add_session(cast.northwind, cast.bob, number) for number in (1, 2, 3, 4))
    foreign = add_session(cast.contoso, cast.charlie, 1, notes="theirs")
    changes = {
        first.pk: {"notes": "it's 5 % done", "log_deleted_at": at},
        second.pk: {"notes": "two", "log_deleted_at": None},
        third.pk: {"ticket": "T-3"},
    }

    with django_assert_num_queries(2):
        update_rows(SupportSession, changes)

    rows = SupportSession.objects.order_by("company", "number").filter(company=cast.northwind)
    assert list(rows.values_list("number", "notes", "log_deleted_at", "ticket")) == [
        (1, "it's 5 % done", at, first.ticket),
        (2, "two", None, second.ticket),
        (3, third.notes, None, "T-3"),
        (4, other.notes, None, other.ticket),
    ]
    foreign.refresh_from_db()
    assert foreign.notes == "theirs"


def test_nothing_to_change_asks_nothing(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        update_rows(SupportSession, {})
