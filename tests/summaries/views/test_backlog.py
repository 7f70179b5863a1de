import re

import pytest

from accounts.models import AuditEntry
from summaries.domain.backlog.orders import cancel_backlog, order_backlog, pause_backlog
from summaries.domain.reading.filters import SessionFilters
from summaries.models import Backlog, BacklogItem
from tests.summaries.domain.backlog.orders import add_unsummarised
from tests.summaries.session_rows import add_session, add_summary

pytestmark = pytest.mark.django_db

PAGE = "/backlog/"
#: Queries of the list with its count, of one backlog, and of its progress.
LIST, ONE, FRAGMENT = 8, 9, 4
ALL = SessionFilters(period="all")


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def ordered(company, actor, at, *numbers):
    add_unsummarised(company, actor, *numbers)
    return order_backlog(company=company, actor=actor, filters=ALL, at=at)


def address(backlog, what=""):
    return f"/backlog/{backlog.public_id}/{what}"


def state(backlog):
    return Backlog.objects.get(pk=backlog.pk).state


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_a_fixed_number_of_queries(cast, at, signed_in, django_assert_num_queries, count):
    for number in range(count):
        backlog = ordered(cast.northwind, cast.mona, at, *range(number * 10 + 1, number * 10 + 2 + count))
        BacklogItem.objects.filter(backlog=backlog).update(state="FAILED", reason="It broke.")
        Backlog.objects.filter(pk=backlog.pk).update(state="DONE", ended_at=at)
    client = signed_in(cast.mona)
    client.get(PAGE)

    with django_assert_num_queries(LIST):
        listed = client.get(PAGE)
    with django_assert_num_queries(ONE):
        one = client.get(address(backlog))
    with django_assert_num_queries(FRAGMENT):
        client.get(address(backlog, "progress/"))

    assert text(listed).count("/backlog/") - text(listed).count("/backlog/order/") >= count
    assert text(one).count("It broke.") == (1 + count) * count


def test_the_page_counts_sessions_and_credits_before_anything_is_ordered(cast, at, signed_in):
    add_unsummarised(cast.northwind, cast.bob, 1, 2)
    add_unsummarised(cast.contoso, cast.charlie, 1, 2, 3)
    add_summary(add_session(cast.northwind, cast.bob, 3))

    page = text(signed_in(cast.mona).get(PAGE))

    assert "<strong>2 sessions, 2 credits</strong> · 50 available" in page
    assert "Summarise 2 sessions</button>" in page
    assert "No backlog was ordered yet" in page
    assert Backlog.objects.count() == 0


def test_the_page_narrows_by_what_the_address_names(cast, signed_in):
    add_unsummarised(cast.northwind, cast.bob, 1)
    add_unsummarised(cast.northwind, cast.alice, 2)

    page = text(signed_in(cast.mona).get(f"{PAGE}?period=all&supporter={cast.bob.pk}&q=secret"))

    assert "<strong>1 session, 1 credit</strong>" in page
    assert f'<input type="hidden" name="supporter" value="{cast.bob.pk}">' in page
    assert 'name="q"' not in page.split("<main")[1]
    assert "Supporter: Bob" in page


def test_the_page_says_when_nothing_lacks_a_summary_and_when_credits_do_not_suffice(cast, at, signed_in, settings):
    settings.BACKLOG_MAX_SESSIONS = 50
    client = signed_in(cast.mona)
    assert "No session of this period lacks a summary" in text(client.get(PAGE))

    add_unsummarised(cast.northwind, cast.bob, *range(1, 52))
    page = text(client.get(PAGE))

    assert "The credits do not suffice for all." in page
    assert "One backlog takes up to 50 sessions." in page


def test_an_order_is_one_backlog_of_what_was_counted(cast, signed_in):
    add_unsummarised(cast.northwind, cast.bob, 1, 2)
    client = signed_in(cast.mona)

    response = client.post(f"{PAGE}order/", {"query": "period=all", "language": "de"}, follow=True)

    backlog = Backlog.objects.get()
    assert response.redirect_chain == [(address(backlog), 302)]
    assert (backlog.total, backlog.language, backlog.ordered_by) == (2, "de", cast.mona)
    assert "Backlog of 2 sessions" in text(response)
    again = client.post(f"{PAGE}order/", {"query": "period=all", "language": "no such"})
    assert again.status_code == 422
    assert "A backlog of yours is not finished yet." in text(again)
    assert "A backlog of yours is under way." in text(client.get(PAGE))


def test_a_supporter_orders_what_their_role_reaches(cast, signed_in):
    add_unsummarised(cast.northwind, cast.bob, 1)
    add_unsummarised(cast.northwind, cast.alice, 2)

    client = signed_in(cast.bob)

    assert "<strong>1 session, 1 credit</strong>" in text(client.get(PAGE))
    client.post(f"{PAGE}order/", {"query": "period=all"})
    assert [item.session.number for item in BacklogItem.objects.select_related("session")] == [1]


def test_a_backlog_shows_its_progress_and_what_has_no_summary(cast, at, signed_in):
    backlog = ordered(cast.northwind, cast.mona, at, 1, 2, 3, 4, 5)
    first, second, third, fourth, _ = BacklogItem.objects.order_by("pk")
    for item, item_state in ((first, "WRITTEN"), (second, "FAILED"), (third, "SKIPPED"), (fourth, "IN_LINE")):
        BacklogItem.objects.filter(pk=item.pk).update(state=item_state, reason="Why <b>.")
    Backlog.objects.update(reason="All AI credits are used.")

    page = text(signed_in(cast.mona).get(address(backlog)))

    assert "3 of 5 sessions" in page
    assert '<progress class="job-bar" max="5" value="3" aria-label="Progress">60 %</progress>' in page
    assert re.findall(r'<a href="/sessions/(S-\d+)/">', page) == ["S-2", "S-3"]
    assert page.count("Why &lt;b&gt;.") == 2
    assert '<span class="label is-warn">Waiting</span>' in page
    assert "made in parts" in page


def test_sessions_beyond_the_reader_s_reach_are_only_counted(cast, at, signed_in):
    backlog = ordered(cast.northwind, cast.mona, at, 1)
    Backlog.objects.update(ordered_by=cast.bob)
    BacklogItem.objects.update(state="FAILED", reason="It broke.")

    page = text(signed_in(cast.bob).get(address(backlog)))

    assert "1 more that you may not see, or that was deleted." in page
    assert "/sessions/S-1/" not in page


def test_the_fragment_asks_again_until_the_state_changes(cast, at, signed_in):
    backlog = ordered(cast.northwind, cast.mona, at, 1)
    client = signed_in(cast.mona)

    same = client.get(address(backlog, "progress/?state=RUNNING"))
    changed = client.get(address(backlog, "progress/?state=PAUSED"))

    assert (same.headers.get("HX-Refresh"), changed.headers.get("HX-Refresh")) == (None, "true")
    assert 'data-hx-trigger="load delay:10s"' in text(same)
    cancel_backlog(backlog=backlog, actor=cast.mona, at=at)
    over = client.get(address(backlog, "progress/?state=CANCELLED"))
    assert over.headers["HX-Refresh"] == "true"
    assert "data-hx-get" not in text(over)


@pytest.mark.parametrize(
    ("before", "what", "after", "said"),
    [
        ("RUNNING", "pause", "PAUSED", "Paused: nothing more is sent."),
        ("PAUSED", "resume", "RUNNING", "The backlog goes on."),
        ("RUNNING", "cancel", "CANCELLED", "Cancelled: what was written stays"),
        ("RUNNING", "resume", "RUNNING", "This backlog is not paused"),
        ("PAUSED", "pause", "PAUSED", "This backlog is not running"),
    ],
)
def test_a_backlog_is_paused_resumed_and_cancelled(cast, at, signed_in, before, what, after, said):
    backlog = ordered(cast.northwind, cast.mona, at, 1)
    if before == "PAUSED":
        pause_backlog(backlog=backlog, actor=cast.mona, at=at)

    response = signed_in(cast.mona).post(address(backlog, f"{what}/"), follow=True)

    assert (state(backlog), said in text(response)) == (after, True)


def test_an_administrator_sees_and_stops_everybody_s_backlog_and_nobody_else_does(cast, at, signed_in):
    backlog = ordered(cast.northwind, cast.mona, at, 1)

    for stranger in (cast.bob, cast.charlie):
        client = signed_in(stranger)
        assert client.get(address(backlog)).status_code == 404
        assert client.get(address(backlog, "progress/")).status_code == 404
        assert client.post(address(backlog, "cancel/")).status_code == 404
        assert str(backlog.public_id) not in text(client.get(PAGE))
    assert state(backlog) == "RUNNING"

    client = signed_in(cast.alice)
    assert str(backlog.public_id) in text(client.get(PAGE))
    client.post(address(backlog, "cancel/"))
    assert (state(backlog), AuditEntry.objects.filter(action="backlog.cancelled", actor=cast.alice).count()) == (
        "CANCELLED",
        1,
    )


def test_a_backlog_that_ended_says_so(cast, at, signed_in):
    backlog = ordered(cast.northwind, cast.mona, at, 1)
    cancel_backlog(backlog=backlog, actor=cast.mona, at=at)
    Backlog.objects.update(ordered_by=None)

    client = signed_in(cast.alice)
    again = client.post(address(backlog, "cancel/"), follow=True)

    assert "This backlog has ended already." in text(again)
    assert "The operator" in text(client.get(PAGE))


def test_an_unknown_change_is_not_found(cast, at, signed_in):
    backlog = ordered(cast.northwind, cast.mona, at, 1)

    assert signed_in(cast.mona).post(address(backlog, "explode/")).status_code == 404
