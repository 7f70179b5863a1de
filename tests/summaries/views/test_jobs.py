from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import AuditEntry
from summaries.domain.jobs import folders
from summaries.enums import JobState
from summaries.models import Job
from tests.conftest import sign_in_freshly
from tests.summaries.domain.jobs.conftest import data_dir, scripted, three
from tests.summaries.domain.jobs.job_cases import ASKED, add_summaries, after, ask, chosen, work
from tests.summaries.domain.jobs.scripted_kinds import WithFile

__all__ = ["data_dir", "scripted", "three"]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: ASKED)


@pytest.fixture
def fresh():
    """A browser in which the user signed in a moment ago."""

    def browser(user):
        client = Client()
        sign_in_freshly(client, user)
        return client

    return browser


def text(response):
    return " ".join(response.content.decode().split())


def address(job, page=""):
    return f"/jobs/{job.public_id}/{page}"


def test_the_list_begins_empty_with_a_next_step(cast, signed_in):
    page = text(signed_in(cast.mona).get("/jobs/"))

    assert ("You have not asked for a job yet" in page, 'href="/reports/"' in page) == (True, True)


def test_the_list_shows_ones_own_jobs_only(cast, three, signed_in):
    work(ask("approve", cast.mona, cast.northwind, chosen(1)))
    ask("regenerate", cast.alice, cast.northwind)

    page = text(signed_in(cast.mona).get("/jobs/"))

    assert ("1 summary approved" in page, "1 of 1 sessions" in page, "Regenerate" in page) == (True, True, False)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_a_fixed_number_of_queries(cast, three, signed_in, django_assert_num_queries, count):
    for number in range(1, count + 1):
        work(ask("approve", cast.mona, cast.northwind, chosen(number)))
    browser = signed_in(cast.mona)
    browser.get("/jobs/")

    with django_assert_num_queries(4):
        browser.get("/jobs/")


def test_a_waiting_job_looks_again_by_itself_and_can_be_cancelled(cast, three, signed_in):
    job = ask("approve", cast.mona, cast.northwind)

    page = text(signed_in(cast.mona).get(address(job)))

    assert f'data-hx-get="/jobs/{job.public_id}/progress/" data-hx-trigger="load delay:1s"' in page
    assert ("0 of 3 sessions" in page, "Cancel the job" in page, "Look again" in page) == (True, True, True)


@pytest.mark.parametrize(("age", "wait"), [(10, 1), (60, 3), (600, 10), (7200, 30)])
def test_the_page_looks_less_and_less_often(cast, three, signed_in, age, wait):
    job = ask("approve", cast.mona, cast.northwind, at=after(seconds=-age))

    assert f"load delay:{wait}s" in text(signed_in(cast.mona).get(address(job, "progress/")))


def test_progress_of_a_running_job(cast, three, signed_in):
    job = ask("approve", cast.mona, cast.northwind)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, cursor=2, done=2, cancel_asked_at=ASKED)

    answer = signed_in(cast.mona).get(address(job, "progress/"))

    assert "HX-Refresh" not in answer
    assert 'max="3" value="2"' in text(answer)
    assert "It stops before its next session." in text(answer)


def test_progress_of_a_job_that_is_over_shows_the_page_anew(cast, three, signed_in):
    job = work(ask("approve", cast.mona, cast.northwind))

    assert signed_in(cast.mona).get(address(job, "progress/"))["HX-Refresh"] == "true"


def test_the_result_names_what_was_not_done_and_why(cast, three, signed_in):
    job = ask("approve", cast.mona, cast.northwind)
    three[1].review = "APPROVED"
    three[1].save(update_fields=["review"])
    work(job)

    page = text(signed_in(cast.mona).get(address(job)))

    assert ("2 summaries approved" in page, "<dt>Left as they were</dt><dd>1</dd>" in page) == (True, True)
    assert "Somebody did this before the job came to it." in page
    assert ('href="/sessions/S-2/"' in page, "Do what is left again" in page) == (True, False)


def test_cancelling(cast, three, signed_in):
    job = ask("approve", cast.mona, cast.northwind)

    answer = signed_in(cast.mona).post(address(job, "cancel/"))

    job.refresh_from_db()
    assert (answer["Location"], job.state) == (address(job), JobState.CANCELLED)


def test_doing_the_rest_again(cast, three, signed_in):
    browser, job = signed_in(cast.mona), ask("approve", cast.mona, cast.northwind)
    browser.post(address(job, "cancel/"))
    offered = "Do what is left again" in text(browser.get(address(job)))

    answer = browser.post(address(job, "retry/"))

    again = Job.objects.get(retry_of=job)
    assert (offered, answer["Location"], again.total) == (True, address(again), 3)
    assert f'<a href="{address(job)}">' in text(browser.get(address(again)))


def test_nothing_left_to_do_again_is_said(cast, three, signed_in):
    job, browser = work(ask("approve", cast.mona, cast.northwind)), signed_in(cast.mona)

    browser.post(address(job, "retry/"))

    assert "Nothing of this job is left to be done again." in text(browser.get(address(job)))


def test_doing_a_deletion_again_asks_who_one_is(cast, three, signed_in, fresh):
    job = ask("delete_summaries", cast.alice, cast.northwind)
    Job.objects.filter(pk=job.pk).update(state=JobState.CANCELLED, finished_at=ASKED)

    asked = signed_in(cast.alice).post(address(job, "retry/"))
    done = fresh(cast.alice).post(address(job, "retry/"))

    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert done["Location"] == address(Job.objects.get(retry_of=job))


@pytest.mark.parametrize("page", ["", "progress/", "file/"])
def test_nobody_else_sees_a_job(cast, three, fresh, page):
    job = ask("approve", cast.mona, cast.northwind)

    assert [fresh(user).get(address(job, page)).status_code for user in (cast.alice, cast.charlie)] == [404, 404]


def test_a_job_that_is_none_is_not_found(cast, signed_in):
    assert signed_in(cast.mona).get(f"/jobs/{uuid4()}/").status_code == 404


def test_a_job_of_a_kind_that_is_gone_is_still_shown(cast, three, signed_in):
    job, browser = ask("approve", cast.mona, cast.northwind), signed_in(cast.mona)
    Job.objects.filter(pk=job.pk).update(kind="gone", state=JobState.FAILED, finished_at=ASKED, failure="It is gone.")

    page = text(browser.get(address(job)))
    browser.post(address(job, "retry/"))

    assert ("It is gone." in page, "gone: Failed" in page, Job.objects.count()) == (True, True, 1)
    assert "does not know this kind" in text(browser.get(address(job)))


def test_the_file_is_an_attachment_for_its_member(cast, scripted, three, fresh):
    job = work(scripted(WithFile()))

    page = text(fresh(cast.mona).get(address(job)))
    answer = fresh(cast.mona).get(address(job, "file/"))

    assert b"".join(answer.streaming_content) == b"S-3\nS-2\nS-1\n"
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "text/plain",
        'attachment; filename="sessions.txt"',
    )
    assert f'href="{address(job, "file/")}">Download</a>' in page
    assert AuditEntry.objects.filter(action="job.downloaded", actor=cast.mona).count() == 1


def test_the_file_is_given_after_a_recent_sign_in_only(cast, scripted, three, signed_in):
    job = work(scripted(WithFile()))

    answer = signed_in(cast.mona).get(address(job, "file/"))

    assert answer["Location"].startswith("/accounts/reauthenticate/")


def test_a_file_that_is_gone_is_said(cast, scripted, three, fresh):
    job, browser = work(scripted(WithFile())), fresh(cast.mona)
    folders.remove(job=job)

    browser.get(address(job, "file/"))

    assert "The file is gone." in text(browser.get(address(job)))


def test_the_top_bar_tells_of_jobs_that_run_and_that_ended(cast, three, signed_in, fresh):
    browser = signed_in(cast.mona)
    before = text(browser.get("/reports/"))
    browser.post("/bulk/", {"kind": "approve", "list": "home", "period": "all", "all": "1"})
    running = text(browser.get("/reports/"))
    job = work(Job.objects.get())
    ended = text(browser.get("/reports/"))
    browser.get(address(job))
    seen = text(browser.get("/reports/"))

    assert ["jobs-link" in page for page in (before, running, ended, seen)] == [False, True, True, False]
    assert ('Jobs (1)<span class="visually-hidden"> under way</span>' in running, "1 finished" in ended) == (True, True)


def test_the_top_bar_costs_a_query_only_whoever_has_jobs(cast, three, signed_in, django_assert_num_queries):
    browser = signed_in(cast.mona)
    browser.get("/jobs/")
    with django_assert_num_queries(4):
        browser.get("/jobs/")
    browser.post("/bulk/", {"kind": "approve", "list": "home", "period": "all", "all": "1"})

    with django_assert_num_queries(5):
        browser.get("/jobs/")


def test_deleted_records_lead_to_where_they_lie(cast, three, fresh):
    job = work(ask("delete_summaries", cast.alice, cast.northwind))

    page = text(fresh(cast.alice).get(address(job)))

    assert ("3 summaries deleted" in page, '<a class="button" href="/trash/">Open the trash</a>' in page) == (
        True,
        True,
    )


def test_another_companys_jobs_count_for_nothing(cast, three, signed_in):
    add_summaries(cast.contoso, cast.charlie, 1)
    ask("approve", cast.charlie, cast.contoso)

    assert "You have not asked for a job yet" in text(signed_in(cast.mona).get("/jobs/"))
