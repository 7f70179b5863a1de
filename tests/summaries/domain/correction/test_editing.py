from dataclasses import replace

import pytest

from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from policies.enums import Verdict
from summaries.content import Statement, content_from_json
from summaries.domain.correction.current import ChangedMeanwhile, NoText
from summaries.domain.correction.editing import correct
from summaries.domain.correction.shape import UnableToCorrect
from summaries.domain.reading import review
from summaries.domain.reading.search import matching
from summaries.enums import Outcome, SessionStatus, SummaryState
from summaries.models import IssueType, Summary, SummaryRevision, SupportSession
from tests.summaries.domain.correction.cases import content_of, summary_of, with_problem


@pytest.fixture
def summary(cast):
    return summary_of(cast.northwind, cast.bob)


def corrected(summary, content, actor, at, seen=1):
    revision = correct(summary=summary, seen=seen, content=content, actor=actor, at=at)
    summary.refresh_from_db()
    return revision


def test_a_correction_is_a_revision_of_its_own(cast, summary, at):
    before = content_of(summary)

    revision = corrected(summary, with_problem(summary, "The queue was stuck."), cast.bob, at)

    assert (revision.number, revision.author, revision.based_on.number, revision.engine) == (2, cast.bob, 1, "")
    assert revision.facts == SummaryRevision.objects.get(number=1).facts
    assert content_of(summary) == replace(
        before, problem=(Statement("The queue was stuck.", (1,), supported=False, by_person=True),)
    )
    assert content_from_json(SummaryRevision.objects.get(number=1).content) == before


def test_what_is_read_found_and_counted_follows(cast, summary, at):
    IssueType.objects.get_or_create(company=cast.northwind, name="VPN")
    wanted = with_problem(
        summary, "Der Tunnel stand.", title="Tunnel", outcome=Outcome.UNRESOLVED, issue_types=("VPN",)
    )

    corrected(summary, wanted, cast.bob, at)

    assert (summary.title, summary.outcome, summary.engine) == ("Tunnel", "UNRESOLVED", "BUILT_IN")
    assert (summary.review, summary.reviewed_by, summary.reviewed_at) == ("REVIEWED", cast.bob, at)
    assert [each.name for each in summary.issue_types.all()] == ["VPN"]
    assert [each.number for each in matching(SupportSession.objects.all(), "stand tunnel")] == [1]
    assert list(matching(SupportSession.objects.all(), "spooler driver friday")) == []


def test_an_approved_text_has_to_be_approved_again(cast, summary, at):
    review.approve(summary=summary, revision_id=summary.current_id, actor=cast.mona, at=at)

    corrected(summary, with_problem(summary, "Other."), cast.mona, at)

    assert summary.review == "REVIEWED"


def test_typed_secrets_are_masked_and_keep_their_number(cast, summary, at):
    summary.session.redaction_counts = {"EMAIL": 1}
    summary.session.save()
    mail = "carla@customer.example"

    first = corrected(summary, with_problem(summary, f"Asked {mail}.", title=f"Mail of {mail}"), cast.bob, at)
    steps = content_of(summary).steps
    step = replace(steps[0], application=mail, commands=(f"mail {mail}",))
    second = corrected(summary, replace(content_of(summary), steps=(step, *steps[1:])), cast.bob, at, seen=2)

    content = content_from_json(second.content)
    assert (content.title, content.problem[0].text) == ("Mail of [EMAIL-1]", "Asked [EMAIL-1].")
    assert (content.steps[0].application, content.steps[0].commands) == ("[EMAIL-1]", ("mail [EMAIL-1]",))
    assert first.redaction["EMAIL"] == 3
    assert mail not in str(list(SummaryRevision.objects.values())) + str(list(SupportSession.objects.values()))


def test_after_the_log_is_deleted_nothing_is_remembered_of_what_was_masked(cast, summary, at):
    SupportSession.objects.update(log_deleted_at=at)
    summary = Summary.objects.get()

    corrected(summary, with_problem(summary, "Asked carla@customer.example."), cast.bob, at)

    assert SupportSession.objects.get().redaction_memory == {}
    assert content_of(summary).problem[0].text == "Asked [EMAIL-1]."


def test_a_sentence_of_an_earlier_text_is_whose_it_was(cast, summary, at):
    original = content_of(summary)
    corrected(summary, with_problem(summary, "Other."), cast.bob, at)

    corrected(summary, replace(content_of(summary), problem=original.problem), cast.bob, at, seen=2)

    assert content_of(summary).problem == original.problem


def test_evidence_may_be_named_that_the_session_holds(cast, summary, at):
    wanted = replace(content_of(summary), cause=(Statement("The update.", (20,)),))
    corrected(summary, wanted, cast.bob, at)
    assert content_of(summary).cause[0].evidence == (20,)

    with pytest.raises(UnableToCorrect) as refused:
        corrected(summary, replace(wanted, cause=(Statement("The update.", (21,)),)), cast.bob, at, seen=2)
    assert list(refused.value.errors) == ["cause.0"]


def test_language_and_missing_data_are_not_the_persons_to_say(cast, summary, at):
    wanted = with_problem(summary, "Other.", language="xx", missing_data=("Nothing is missing.",))

    corrected(summary, wanted, cast.bob, at)

    assert (content_of(summary).language, content_of(summary).missing_data) == ("en", ())


def test_nothing_changed_is_nothing_saved(cast, summary, at):
    with pytest.raises(UnableToCorrect) as refused:
        corrected(summary, content_of(summary), cast.bob, at)

    assert "Nothing was changed." in str(refused.value)
    assert SummaryRevision.objects.count() == 1


def test_whoever_comes_second_learns_of_the_first(cast, summary, at):
    corrected(summary, with_problem(summary, "First."), cast.bob, at)

    with pytest.raises(ChangedMeanwhile) as refused:
        corrected(summary, with_problem(summary, "Second."), cast.mona, at)

    assert refused.value.number == 2
    assert SummaryRevision.objects.count() == 2


@pytest.mark.parametrize("fields", [{"verdict": Verdict.NO}, {"status": SessionStatus.DELETED}])
def test_what_is_gone_is_not_corrected(cast, summary, at, fields):
    SupportSession.objects.update(**fields)

    with pytest.raises(NoText):
        corrected(summary, with_problem(summary, "Other."), cast.bob, at)


def test_a_summary_without_a_text_is_not_corrected(cast, summary, at):
    wanted = with_problem(summary, "Other.")
    Summary.objects.update(current=None, state=SummaryState.QUEUED)

    with pytest.raises(NoText):
        corrected(summary, wanted, cast.bob, at)


def test_a_correction_mends_a_summary_whose_last_engine_failed(cast, summary, at):
    Summary.objects.update(state=SummaryState.FAILED, failure="Engine away.")

    corrected(summary, with_problem(summary, "Other."), cast.bob, at)

    assert (summary.state, summary.failure) == ("READY", "")


def test_nobody_else_corrects(cast, summary, at):
    for stranger in (cast.charlie, None):
        actor = stranger or cast.bob
        target = summary if stranger else summary_of(cast.northwind, cast.alice, 2)
        with pytest.raises(PermissionMissing):
            corrected(target, with_problem(target, "Other."), actor, at)
    assert SummaryRevision.objects.filter(author__isnull=False).count() == 0


def test_the_audit_log_tells_of_the_correction_without_its_words(cast, summary, at):
    corrected(summary, with_problem(summary, "The queue was stuck."), cast.bob, at)

    entry = AuditEntry.objects.get(action="summary.corrected")
    assert (entry.actor, entry.details) == (cast.bob, {"revision": 2, "based_on": 1})
