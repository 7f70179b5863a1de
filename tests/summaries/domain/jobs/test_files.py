from datetime import timedelta

import pytest
from django.http import Http404

from accounts.domain.disclosures import switch_on
from accounts.models import AISettings, AuditEntry, Membership
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing, forget_grants
from summaries.domain.consent.entries import drop_captured
from summaries.domain.jobs import files, folders, requests, upkeep
from summaries.domain.keeping.forgetting import forget_summary
from summaries.domain.keeping.removal import delete_report, delete_summary
from summaries.enums import JobState
from summaries.models import Job, JobItem, Summary, SupportSession
from tests.role_limits import limited_role
from tests.summaries.domain.jobs.job_cases import ASKED, after, ask, states, work
from tests.summaries.domain.jobs.scripted_kinds import WithFile


@pytest.fixture
def job(scripted, three):
    """Mona's job with its file."""
    return work(scripted(WithFile()))


def read(job, actor, at=ASKED):
    return files.download(job=job, actor=actor, at=at).read_text()


def on_disk():
    return sorted(folder.name for folder in folders.root().iterdir())


def test_its_member_reads_the_file_and_that_is_audited(cast, job):
    assert read(job, cast.mona) == "S-3\nS-2\nS-1\n"

    entry = AuditEntry.objects.get(action="job.downloaded")
    assert (entry.actor, entry.object_id, entry.details) == (
        cast.mona,
        str(job.public_id),
        {"kind": "scripted", "sessions": 3},
    )


def test_nobody_else_does(cast, job):
    for other in (cast.alice, cast.charlie):
        with pytest.raises(Http404):
            read(job, other)


def test_a_folder_has_a_random_name_and_is_closed_to_others(job):
    folder = folders.folder_of(job)

    assert (len(folder.name), folder.stat().st_mode & 0o777) == (32, 0o700)


def test_a_member_who_lost_the_permission_reads_nothing(cast, job):
    cast.mona.groups.clear()
    forget_grants(cast.mona)

    with pytest.raises(PermissionMissing):
        read(job, cast.mona)


def test_a_member_who_reaches_fewer_sessions_reads_nothing(cast, job):
    cast.mona.groups.set(cast.bob.groups.all())
    forget_grants(cast.mona)

    with pytest.raises(PermissionMissing) as refused:
        read(job, cast.mona)

    assert str(refused.value).startswith("The file holds 3 sessions")


def test_a_member_who_may_no_longer_read_the_summaries_reads_nothing(cast, job, monkeypatch):
    monkeypatch.setattr(WithFile, "permission", Permission.EXPORT_SUMMARIES)
    cast.mona.groups.clear()
    membership = Membership.objects.get(user=cast.mona, company=cast.northwind)
    limited_role(membership, "Exports", [Permission.VIEW_ALL_REPORTS, Permission.EXPORT_SUMMARIES], [])
    forget_grants(cast.mona)

    with pytest.raises(PermissionMissing) as refused:
        read(job, cast.mona)

    assert str(refused.value).startswith("The file holds 3 sessions")


def test_a_file_made_before_the_company_demanded_approval_is_given_once_all_is_approved(cast, job, three):
    AISettings.objects.filter(company=cast.northwind).update(approval_required=True)

    with pytest.raises(PermissionMissing) as refused:
        read(job, cast.mona)
    Summary.objects.filter(company=cast.northwind).update(review="APPROVED")

    assert str(refused.value).startswith("Your company wants summaries approved")
    assert read(job, cast.mona) == "S-3\nS-2\nS-1\n"


def test_what_was_left_out_of_the_file_counts_for_nothing(cast, job):
    JobItem.objects.filter(job=job, number=2).update(state="SKIPPED")
    SupportSession.objects.filter(number=2).update(status="DELETED")

    assert read(job, cast.mona) == "S-3\nS-2\nS-1\n"


def test_a_file_is_gone_after_a_week(cast, job):
    assert read(job, cast.mona, at=after(days=6.9))

    with pytest.raises(files.FileGone):
        read(job, cast.mona, at=after(days=7))


def test_a_file_that_is_missing_on_the_disk_is_gone(cast, job):
    folders.result_of(job).unlink()

    with pytest.raises(files.FileGone):
        read(job, cast.mona)


def test_the_file_of_a_kind_that_is_gone_is_gone(cast, job):
    job.kind = "gone"

    with pytest.raises(files.FileGone):
        read(job, cast.mona)


def test_clearing_up_deletes_files_whose_time_is_over(cast, job):
    kept = upkeep.clear_up(at=after(days=6))
    dropped = upkeep.clear_up(at=after(days=7))

    job.refresh_from_db()
    assert (kept, dropped, job.folder, on_disk()) == (0, 1, "", [])


def test_clearing_up_leaves_no_folder_without_a_job(cast, job):
    (folders.root() / "0123").mkdir()

    upkeep.clear_up(at=after(days=1))

    assert on_disk() == [job.folder]


def test_clearing_up_without_any_file(db):
    assert upkeep.clear_up(at=ASKED) == 0


def test_jobs_are_forgotten_after_thirty_days(cast, job, monkeypatch):
    monkeypatch.setattr(upkeep, "CHUNK", 2)
    running = ask("approve", cast.mona, cast.northwind)

    upkeep.clear_up(at=after(days=29))
    kept = Job.objects.count()
    upkeep.clear_up(at=after(days=31))

    assert (kept, list(Job.objects.all()), on_disk()) == (2, [running], [])
    assert JobItem.objects.exclude(job=running).count() == 0


def test_a_deleted_summary_takes_the_file_along(cast, job, three, at, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        forget_summary(session_id=three[0].session_id, at=after(hours=1))

    job.refresh_from_db()
    assert (job.folder, on_disk()) == ("", [])
    assert requests.retryable(job=job).count() == 3


@pytest.mark.parametrize("delete", [delete_summary, delete_report])
def test_what_is_deleted_by_hand_takes_the_file_along(cast, job, three, delete, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        delete(session=three[0].session, actor=cast.alice, at=after(hours=1))

    assert on_disk() == []


def test_what_may_not_be_kept_takes_the_file_along(cast, job, three, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        drop_captured(session=three[0].session)

    assert on_disk() == []


def test_a_file_of_other_sessions_stays(cast, job, three, scripted, django_capture_on_commit_callbacks):
    JobItem.objects.filter(job=job, number=1).delete()

    with django_capture_on_commit_callbacks(execute=True):
        forget_summary(session_id=three[0].session_id, at=after(hours=1))

    assert on_disk() == [job.folder]


@pytest.mark.parametrize(
    "change", [{"status": "DELETED"}, {"summary_deleted_at": after(hours=1)}, {"reason": "CONSENT_WITHDRAWN"}]
)
def test_a_file_that_outlived_what_it_tells_of_is_not_given_and_goes(cast, job, change):
    SupportSession.objects.filter(number=1, company=cast.northwind).update(**change)

    with pytest.raises(PermissionMissing):
        read(job, cast.mona)
    upkeep.clear_up(at=after(hours=2))

    assert on_disk() == []


def test_a_deletion_while_the_file_is_made_leaves_no_file(cast, scripted, three):
    class DeletedMeanwhile(WithFile):
        def finish(self, run):
            SupportSession.objects.filter(number=3).update(summary_deleted_at=run.clock() + timedelta(seconds=1))
            return super().finish(run)

    job = work(scripted(DeletedMeanwhile()))

    assert (job.state, job.folder, on_disk()) == (JobState.FAILED, "", [])
    assert job.failure.startswith("A session was deleted while the file was made.")


def test_a_file_that_never_was_is_made_of_all_sessions_again(cast, scripted, three):
    job = work(scripted(WithFile(finish=RuntimeError())))

    again = requests.retry(job=job, actor=cast.mona, at=after(hours=1))

    assert [number for number, _ in states(again)] == [3, 2, 1]


def test_a_file_that_is_there_leaves_only_what_failed_to_do_again(cast, scripted, three):
    job = work(scripted(WithFile(s2=RuntimeError())))
    left = requests.retry(job=job, actor=cast.mona, at=after(hours=1))
    folders.remove(job=job)
    job.refresh_from_db()

    anew = requests.retry(job=job, actor=cast.mona, at=after(hours=1))

    assert ([number for number, _ in states(left)], left != anew) == ([2], True)
    assert len(states(anew)) == 3


def test_making_a_file_leaves_nothing_else_behind(cast, scripted, three):
    class WithFolder(WithFile):
        def step(self, step):
            super().step(step)
            (step.folder / "inner").mkdir(exist_ok=True)

    job = work(scripted(WithFolder()))

    assert [path.name for path in folders.folder_of(job).iterdir()] == ["result"]


def test_a_file_with_names_is_read_no_more_once_works_council_mode_hides_them(cast, job):
    later = ASKED + timedelta(hours=1)
    assert read(job, cast.mona)

    switch_on(company=job.company, actor=cast.alice, at=later)

    with pytest.raises(files.FileGone, match="made before works-council mode"):
        read(job, cast.mona, at=later)
    job.started_at = later + timedelta(seconds=1)
    job.save()
    assert read(job, cast.mona, at=later)
