"""What becomes of each session of a job, and what stops the job there."""

import errno
from datetime import timedelta

import pytest
from django.db import OperationalError

from accounts.domain.members import remove_member
from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from summaries.domain.jobs import folders
from summaries.domain.jobs.kinds import Skip
from summaries.domain.jobs.review_kinds import Approve
from summaries.enums import ItemState, JobState
from summaries.models import JobItem
from tests.summaries.domain.jobs.job_cases import ASKED, after, ask, counts, reviews, states, work
from tests.summaries.domain.jobs.scripted_kinds import Killed, OnceScripted, Scripted, WithFile


def test_one_bad_session_never_stops_the_job(cast, three, scripted):
    kind = Scripted(s3=Skip("Not this one."), s2=RuntimeError("secret words"))

    job = work(scripted(kind))

    assert counts(job) == ("DONE", 3, 1, 1, 1)
    assert list(JobItem.objects.values_list("number", "state", "sentence")) == [
        (3, "SKIPPED", "Not this one."),
        (2, "FAILED", "It could not be done, by a fault of the portal. Try again, or tell the operator."),
        (1, "DONE", ""),
    ]


def test_a_session_that_the_roles_do_not_reach_fails_alone(cast, three, scripted):
    job = work(scripted(Scripted(s2=PermissionMissing("Not for this session."))))

    assert counts(job) == ("DONE", 3, 2, 0, 1)
    assert JobItem.objects.get(number=2).sentence == "Not for this session."


def test_what_a_kind_says_of_a_session_is_kept(cast, three, scripted):
    class Refused(Exception):
        pass

    kind = Scripted(s2=Refused("It is locked."))
    kind.errors = (Refused,)

    work(scripted(kind))

    assert JobItem.objects.get(number=2).sentence == "It is locked."


def test_an_atomic_step_and_its_cursor_stand_or_fall_together(cast, three, scripted, monkeypatch):
    class KilledAfterwards(Approve):
        code = "scripted"

        def step(self, step):
            super().step(step)
            if is_armed:
                raise Killed

    is_armed = True
    job = scripted(KilledAfterwards())

    with pytest.raises(Killed):
        work(job)
    approved = reviews().count("APPROVED")
    is_armed = False
    job = work(job, at=after(minutes=3))

    assert (approved, counts(job)) == (0, ("DONE", 3, 3, 0, 0))
    assert AuditEntry.objects.filter(action="summary.approved").count() == 3


def test_a_member_without_the_permission_ends_the_job(cast, three, scripted):
    class LosesIt(Scripted):
        def step(self, step):
            super().step(step)
            cast.membership(cast.mona).roles.clear()
            cast.mona.groups.clear()

    kind = LosesIt()
    job = work(scripted(kind))

    assert counts(job) == ("FAILED", 3, 2, 0, 0)
    assert job.failure == (
        "Your roles do not include “View summaries” any more. What was not done yet is left as it was."
    )


def test_a_role_is_asked_again_before_each_session(cast, three):
    job = ask("approve", cast.mona, cast.northwind)
    cast.mona.groups.clear()

    job = work(job)

    assert (counts(job), reviews()) == (("FAILED", 3, 0, 0, 0), ["AI_GENERATED"] * 3)


def test_the_job_of_a_member_who_was_removed_fails(cast, three, at):
    job = ask("approve", cast.mona, cast.northwind)
    remove_member(membership=cast.membership(cast.mona), actor=cast.alice, at=at)

    assert counts(work(job)) == ("FAILED", 3, 0, 0, 0)


def test_a_role_lost_on_the_way_ends_the_job_at_that_session(cast, three, scripted):
    class RevokedByAnother(Approve):
        code = "scripted"

        def step(self, step):
            if step.session.number == 2:
                cast.mona.groups.clear()
                step.member.__dict__.pop("_remembered_grants", None)
            super().step(step)

    job = work(scripted(RevokedByAnother()))

    assert counts(job) == ("FAILED", 3, 1, 0, 0)
    assert reviews() == ["AI_GENERATED", "AI_GENERATED", "APPROVED"]


def test_a_session_that_is_gone_is_left_out(cast, three):
    job = ask("approve", cast.mona, cast.northwind)
    three[1].session.status = "DELETED"
    three[1].session.save(update_fields=["status"])

    job = work(job)

    assert (counts(job), states(job)[1]) == (("DONE", 3, 2, 1, 0), (2, "SKIPPED"))


def test_a_fault_at_the_end_ends_the_job_with_a_sentence(cast, three, scripted):
    job = work(scripted(Scripted(finish=RuntimeError("inner words"))))

    assert (job.state, job.failure) == (
        JobState.FAILED,
        "It stopped by a fault of the portal. Try again; if that fails, tell the operator.",
    )


@pytest.mark.parametrize("where", ["s2", "finish"])
def test_a_full_disk_ends_the_job_and_leaves_nothing(cast, three, scripted, where, tmp_path):
    kind = WithFile(**{where: OSError(errno.ENOSPC, "No space left on device")})

    job = work(scripted(kind))

    assert (job.state, job.file_name, job.folder) == (JobState.FAILED, "", "")
    assert job.failure.startswith("The disk of the portal is full.")
    assert list((tmp_path / "data" / "jobs").iterdir()) == []


def test_a_database_that_is_away_leaves_the_job_to_the_next_worker(cast, three, scripted):
    kind = OnceScripted(s2=OperationalError("server closed the connection"))
    job = scripted(kind)

    with pytest.raises(OperationalError):
        work(job)
    kind.by_number.clear()

    assert counts(work(job, at=after(minutes=3))) == ("DONE", 3, 3, 0, 0)


def test_a_kind_with_a_file_leaves_it(cast, three, scripted):
    job = work(scripted(WithFile()))

    folder = folders.folder_of(job)
    assert [path.name for path in folder.iterdir()] == ["result"]
    assert (folder / "result").read_text() == "S-3\nS-2\nS-1\n"
    assert (job.file_name, job.content_type, job.file_size) == ("sessions.txt", "text/plain", 12)
    assert job.expires_at == ASKED + timedelta(days=7)


def test_a_file_goes_on_where_a_killed_worker_stopped(cast, three, scripted):
    kind = WithFile(s1=Killed())
    job = scripted(kind)
    with pytest.raises(Killed):
        work(job)
    kind.by_number.clear()

    job = work(job, at=after(minutes=3))

    assert (folders.folder_of(job) / "result").read_text() == "S-3\nS-2\nS-1\n"
    assert kind.begun == 2


def test_an_item_keeps_its_name(cast, three):
    ask("approve", cast.mona, cast.northwind)

    item = JobItem.objects.first()
    assert (str(item), item.label, item.state) == ("S-3", "S-3", ItemState.WAITING)
