import pytest

from summaries.domain.keeping import holds, retention
from summaries.models import LegalHold, Summary
from tests.conftest import NOW
from tests.summaries.session_rows import add_interactions, add_session, add_summary
from tests.summaries.views.settings.conftest import field_errors, words

ADDRESS = "/ai-settings/retention/"


@pytest.fixture
def old_session(cast):
    """30 days old, with a summary."""
    session = add_session(cast.northwind, cast.bob, 1, hours_ago=30 * 24)
    add_interactions(session, 2)
    type(session).objects.filter(pk=session.pk).update(interaction_count=2)
    add_summary(session)
    return session


def test_each_clock_is_saved_on_its_own(tab, stored):
    assert tab("retention").send(keep_logs_days="30", keep_consents_days="1095").status_code == 302

    assert (stored().keep_logs_days, stored().keep_summaries_days, stored().keep_consents_days) == (30, None, 1095)


@pytest.mark.parametrize("value", ["0", "-3", "36501", "soon", "9" * 30])
def test_a_clock_that_is_none_is_refused_at_its_field(tab, stored, value):
    answer = tab("retention").send(keep_logs_days=value)

    assert (answer.status_code, list(field_errors(answer)), stored().keep_logs_days) == (422, ["keep_logs_days"], None)


def test_clocks_set_meanwhile_are_told(tab, stored):
    seen = tab("retention").fields()["version"]
    tab("retention").send(keep_logs_days="30")

    late = tab("retention").send(version=seen, keep_logs_days="90")

    assert "days that session logs are kept: now 30" in field_errors(late)["__all__"][0]
    assert stored().keep_logs_days == 30


def test_the_dry_run_shows_what_would_be_deleted_and_deletes_nothing(tab, old_session):
    tab("retention").send(keep_logs_days="7", keep_summaries_days="7")

    page = tab("retention").read("?plan=1")

    assert "Session logs 1 Summaries 1 Consents 0 Of the trash, for good 0 Kept by a legal hold 0" in page
    assert Summary.objects.count() == 1


def test_the_last_run_is_reported(tab, cast, old_session):
    assert "Retention has not run yet." in tab("retention").read()
    tab("retention").send(keep_summaries_days="7")

    retention.apply(company=cast.northwind, at=NOW)

    assert "Session logs deleted 0 Summaries deleted 1 Consents deleted 0" in tab("retention").read()


def test_a_hold_on_the_company_is_placed_listed_and_lifted(tab, cast, old_session):
    client = tab("retention").client
    placed = client.post(ADDRESS, {"do": "hold", "reason": "Case 4711"}, follow=True)
    tab("retention").send(keep_summaries_days="7")
    held = tab("retention").read("?plan=1")
    (hold,) = LegalHold.objects.all()

    assert "The whole company Case 4711 Placed by Alice on 20 Nov 09:00" in words(placed)
    assert "The company is under legal hold: nothing would be deleted." in held

    lifted = client.post(ADDRESS, {"do": "lift", "hold": hold.pk}, follow=True)
    again = client.post(ADDRESS, {"do": "lift", "hold": hold.pk}, follow=True)

    assert "No hold stands." in words(lifted)
    assert "This hold was lifted before." in words(again)


def test_a_hold_without_a_reason_is_refused(tab):
    answer = tab("retention").client.post(ADDRESS, {"do": "hold", "reason": "  "}, follow=True)

    assert "Say why nothing may be deleted" in words(answer)
    assert LegalHold.objects.count() == 0


@pytest.mark.parametrize("key", ["", "x", "9" * 30, "0"])
def test_lifting_what_is_no_hold_is_not_found(tab, key):
    assert tab("retention").client.post(ADDRESS, {"do": "lift", "hold": key}).status_code == 404


def test_a_hold_of_another_company_can_be_neither_seen_nor_lifted(tab, cast):
    foreign = holds.place(company=cast.contoso, reason="Zebra", actor=cast.charlie, at=NOW)

    answer = tab("retention").client.post(ADDRESS, {"do": "lift", "hold": foreign.pk})

    foreign.refresh_from_db()
    assert (answer.status_code, foreign.lifted_at) == (404, None)
    assert "Zebra" not in tab("retention").read()


@pytest.mark.parametrize("count", [1, 3])
def test_holds_take_a_fixed_number_of_queries(tab, cast, django_assert_num_queries, count):
    for number in range(1, count + 1):
        session = add_session(cast.northwind, cast.bob, number)
        holds.place(company=cast.northwind, session=session, reason="Case", actor=cast.alice, at=NOW)
    tab("retention").read()

    with django_assert_num_queries(9):
        tab("retention").read()
