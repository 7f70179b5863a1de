import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils.http import http_date
from django_q.models import OrmQ, Schedule
from werkzeug import Response

from accounts.models import AuditEntry, Membership
from summaries import tasks
from summaries.domain.imports import collections as collection_imports
from summaries.domain.imports import teamviewer_pull
from summaries.domain.imports.teamviewer_pull import LEASE, due, pull_reports
from summaries.domain.imports.teamviewer_settings import PullChoice, save_pull
from summaries.models import SessionFile, SupportSession, TeamViewerPull
from tests.summaries.session_files import connection
from tests.teamviewer_server import TOKEN, web_api

__all__ = ["web_api"]


@pytest.fixture
def pull(cast, at, web_api):
    chosen = PullChoice(is_on=True, base_url=web_api.address, supporter=cast.alice, token=TOKEN)
    return save_pull(company=cast.northwind, chosen=chosen, actor=cast.alice, at=at)


def run(pull, at, **kwargs):
    pull_reports(pull_id=pull.pk, clock=lambda: at, **kwargs)
    pull.refresh_from_db()


def numbers():
    return sorted(SupportSession.objects.values_list("ticket", flat=True))


def reply(status, text="no", **headers):
    return Response(text, status, {name.replace("_", "-"): value for name, value in headers.items()})


def test_every_page_is_read_and_each_session_is_there_once(pull, web_api, at):
    web_api.records = [connection(number) for number in range(1, 6)]

    run(pull, at)

    assert numbers() == [f"s12-345-{number}" for number in range(1, 6)]
    assert [asked.get("offset_id", "") for asked in web_api.asked] == ["", "2", "4"]
    assert web_api.asked[0]["from_date"] == "2026-10-21T09:00:00Z"
    assert (pull.complete_until, pull.offset_id, pull.window_from, pull.claim) == (at, "", None, None)
    assert (pull.last_result, pull.last_error, pull.last_success_at) == ("5 sessions", "", at)
    assert SupportSession.objects.first().source_format == "TEAMVIEWER_API"
    assert SessionFile.objects.get().created == 5
    assert AuditEntry.objects.filter(action="session_file.imported").count() == 1


def test_the_next_run_asks_from_a_day_before_and_makes_nothing_twice(pull, web_api, at):
    web_api.records = [connection(1)]
    run(pull, at)

    run(pull, at + timedelta(minutes=5))

    assert web_api.asked[-1]["from_date"] == "2026-11-19T09:00:00Z"
    web_api.records = [connection(1, start_date="2026-11-19T10:00:00Z", end_date="2026-11-19T11:00:00Z")]
    run(pull, at + timedelta(minutes=10))
    assert (pull.last_result, SupportSession.objects.count()) == ("0 sessions, 1 already there", 1)
    assert SessionFile.objects.count() == 1


def test_a_session_that_runs_is_asked_for_until_it_has_ended(pull, web_api, at):
    web_api.records = [connection(1, end_date=None), connection(2)]
    run(pull, at)
    two_days_on = at + timedelta(days=2)
    run(pull, two_days_on)
    web_api.records = [connection(1)]

    run(pull, two_days_on + timedelta(minutes=5))

    assert [asked["from_date"] for asked in web_api.asked[1:]] == ["2026-11-19T08:01:00Z"] * 2
    assert (numbers(), pull.oldest_running_at) == (["s12-345-1", "s12-345-2"], None)


def test_a_session_that_runs_for_weeks_is_not_waited_for(pull, web_api, at):
    web_api.records = [connection(1, end_date=None)]
    run(pull, at)

    run(pull, at + timedelta(days=30))

    assert web_api.asked[-1]["from_date"] == "2026-12-06T09:00:00Z"


class Killed(BaseException):
    pass


@pytest.mark.parametrize("page", [1, 2])
def test_a_kill_in_the_middle_loses_and_doubles_nothing(pull, web_api, at, monkeypatch, page):
    web_api.records = [connection(number) for number in range(1, 6)]
    real, calls = collection_imports.bring_in_session, []

    def dying(**kwargs):
        calls.append(1)
        if len(calls) == page * 2:
            raise Killed
        return real(**kwargs)

    monkeypatch.setattr(collection_imports, "bring_in_session", dying)
    with pytest.raises(Killed):
        run(pull, at)
    monkeypatch.setattr(collection_imports, "bring_in_session", real)
    pull.refresh_from_db()
    cursor = pull.offset_id
    run(pull, at + timedelta(minutes=5))
    assert len(numbers()) < 5  # The dead run's lease still stands.

    run(pull, at + LEASE + timedelta(minutes=1))

    assert (cursor, web_api.asked[page].get("offset_id", "")) == (["", "2"][page - 1],) * 2
    assert numbers() == [f"s12-345-{number}" for number in range(1, 6)]
    assert pull.complete_until == at


def test_the_same_page_twice_and_a_cursor_that_does_not_move(pull, web_api, at):
    page = json.dumps({"records": [connection(1)], "next_offset": "x"})
    web_api.next_answers = [reply(200, page), reply(200, page)]

    run(pull, at)

    assert (numbers(), pull.offset_id, pull.failures) == (["s12-345-1"], "x", 1)
    assert pull.last_error.startswith("TeamViewer gave the same page again.")


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("99999999", timedelta(days=1)),
        (http_date(datetime(2026, 11, 20, 9, 10, tzinfo=UTC).timestamp()), timedelta(minutes=10)),
        ("soon", timedelta(minutes=1)),
        ("", timedelta(minutes=1)),
    ],
)
def test_too_many_requests_are_answered_by_waiting_as_long_as_asked(pull, web_api, at, header, wait):
    web_api.records = [connection(number) for number in range(1, 4)]
    first_page = json.dumps({"records": web_api.records[:2], "next_offset": "2"})
    web_api.next_answers = [reply(200, first_page), reply(429, Retry_After=header)]

    run(pull, at)

    assert (pull.not_before, pull.offset_id, len(numbers())) == (at + wait, "2", 2)
    assert pull.last_error.startswith("TeamViewer asks for fewer requests.")
    asked = len(web_api.asked)
    run(pull, at + wait - timedelta(seconds=1))
    assert (len(web_api.asked), due(at=at + wait - timedelta(seconds=1))) == (asked, [])
    run(pull, at + wait)
    assert (len(numbers()), pull.last_error, pull.failures, pull.not_before) == (3, "", 0, None)


def test_failures_in_a_row_wait_longer_each_time_up_to_some_hours(pull, web_api, at):
    waits = []
    for _ in range(11):
        web_api.next_answers = [reply(500)]
        begun = pull.not_before or at
        run(pull, begun)
        waits.append((pull.not_before - begun).total_seconds() / 60)

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    assert pull.last_error == "TeamViewer has a problem of its own (status 500). The pull tries again later."


@pytest.mark.parametrize(
    ("answer", "sentence", "minutes"),
    [
        (reply(401), "TeamViewer refuses the token.", 360),
        (reply(403), "TeamViewer refuses the token.", 360),
        (reply(404), "The address does not answer as TeamViewer's Web API does (status 404).", 360),
        (reply(302, location="https://elsewhere.example/"), "The address does not answer", 360),
        (reply(418), "The address does not answer", 1),
        (reply(200, "<html>Sign in</html>"), "The address answers, but not with connection reports", 1),
        (reply(200, "[]"), "The address answers, but not with connection reports", 1),
        (reply(200, '{"records": {}}'), "The address answers, but not with connection reports", 1),
        (reply(200, "x" * 17_000_000), "The answer is larger than", 360),
    ],
)
def test_an_answer_that_is_no_page_is_told_and_leaves_the_cursor(pull, web_api, at, answer, sentence, minutes):
    web_api.next_answers = [answer]

    run(pull, at)

    assert pull.last_error.startswith(sentence)
    assert (pull.not_before - at, pull.offset_id, pull.claim) == (timedelta(minutes=minutes), "", None)
    assert SupportSession.objects.count() == 0


@pytest.mark.parametrize("address", ["http://localhost:1", "http://10.0.0.1", "http://[::1"])
def test_an_address_that_can_not_be_reached_or_leads_inside_is_told(pull, at, address):
    TeamViewerPull.objects.update(base_url=address)

    run(pull, at)

    assert (pull.failures, len(pull.last_error) > 20) == (1, True)


def test_records_that_are_none_are_counted_and_do_not_stop_the_rest(pull, web_api, at):
    web_api.next_answers = [reply(200, json.dumps({"records": ["x", connection(1, id=None), connection(1)]}))]

    run(pull, at)

    assert pull.last_result == "1 session, 2 records could not be taken"
    assert [bad["place"] for bad in SessionFile.objects.get().bad_records] == [1, 2]


def test_a_run_that_has_no_time_left_goes_on_with_the_same_page(pull, web_api, at, monkeypatch):
    monkeypatch.setattr(teamviewer_pull, "AT_ONCE", 1)
    web_api.records = [connection(number) for number in range(1, 4)]
    answers = iter([True, True, False])

    run(pull, at, keep_going=lambda: next(answers))
    first = (len(numbers()), pull.offset_id, pull.claim)
    run(pull, at + timedelta(minutes=5))

    assert first == (1, "", None)
    assert (len(numbers()), pull.complete_until) == (3, at)


def test_a_run_is_bounded_in_pages(pull, web_api, at, monkeypatch):
    monkeypatch.setattr(teamviewer_pull, "MAX_PAGES", 1)
    web_api.records = [connection(number) for number in range(1, 4)]

    run(pull, at)

    assert (len(numbers()), pull.offset_id) == (2, "2")


def test_two_runs_at_once_are_one(pull, web_api, at):
    TeamViewerPull.objects.update(claim=uuid4(), claimed_until=at + LEASE)

    run(pull, at)

    assert (web_api.asked, due(at=at), due(at=at + LEASE + timedelta(seconds=1))) == ([], [], [pull.pk])


def test_settings_that_change_while_a_run_is_under_way_stop_it(cast, pull, web_api, at):
    web_api.records = [connection(number) for number in range(1, 4)]

    def switched_off():
        chosen = PullChoice(is_on=False, base_url=web_api.address, supporter=cast.alice)
        save_pull(company=cast.northwind, chosen=chosen, actor=cast.alice, at=at)
        return True

    run(pull, at, keep_going=switched_off)

    assert (web_api.asked, pull.is_on, pull.claim, pull.last_error) == ([], False, None, "")


def test_a_member_who_left_is_told_to_be_replaced(cast, pull, web_api, at):
    Membership.objects.filter(user=cast.alice).update(is_active=False)

    run(pull, at)

    assert pull.last_error.startswith("Choose another member for sessions of others.")
    assert web_api.asked == []


def test_a_token_stored_under_another_key_is_told(pull, web_api, at, settings):
    settings.ENCRYPTION_KEYS = ["3qOJ7kR0eUeCwvUjg2sH0kJr7f0dJb2mC6u0XnH1m1E="]

    run(pull, at)

    assert pull.last_error == "This secret was stored under another key. Enter it again."


def test_the_schedule_gives_each_company_its_own_task(
    pull, web_api, at, monkeypatch, django_capture_on_commit_callbacks
):
    web_api.records = [connection(1)]
    with django_capture_on_commit_callbacks(execute=True):
        tasks.pull_reports()

    assert OrmQ.objects.count() == 1
    assert (Schedule.objects.get(name="pull reports").func, tasks.PULL) == (
        "summaries.tasks.pull_reports",
        "summaries.tasks.pull_reports_of",
    )
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    tasks.pull_reports_of(pull_id=pull.pk)
    assert numbers() == ["s12-345-1"]
