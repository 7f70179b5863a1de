import pytest

from summaries.domain.reading.release import NotReleased, approval_required_by, held_back, may_leave, require_release
from summaries.enums import ReviewState, SummaryState
from summaries.models import Summary, SupportSession
from tests.summaries.session_rows import add_session, add_summary

REVIEWED = [ReviewState.AI_GENERATED, ReviewState.REVIEWED, ReviewState.APPROVED]


@pytest.fixture
def summaries(cast):
    """One summary in each state of review, and one that has no text yet."""
    made = [add_summary(add_session(cast.northwind, cast.bob, n), review=review) for n, review in enumerate(REVIEWED)]
    return [*made, add_summary(add_session(cast.northwind, cast.bob, 9), state=SummaryState.QUEUED)]


def test_only_approved_text_leaves_where_approval_is_demanded(summaries):
    assert [may_leave(summary=each, approval_required=True) for each in summaries] == [False, False, True, True]
    assert [may_leave(summary=each, approval_required=False) for each in summaries] == [True, True, True, True]
    assert may_leave(summary=None, approval_required=True)


def test_refusal_says_what_to_do(summaries):
    require_release(summary=summaries[2], approval_required=True)
    with pytest.raises(NotReleased) as refused:
        require_release(summary=summaries[1], approval_required=True)

    assert str(refused.value).endswith("Have it approved, then try again.")


def test_what_is_held_back_can_be_counted(cast, summaries):
    add_session(cast.northwind, cast.bob, 10)

    def held(**fields):
        return set(SupportSession.objects.filter(held_back(**fields)).values_list("number", flat=True))

    assert held(approval_required=True) == {0, 1}
    assert held(approval_required=False) == set()
    assert Summary.objects.filter(held_back(approval_required=True, path="")).count() == 2


def test_a_company_demands_for_itself_alone(cast):
    cast.northwind.ai_settings.approval_required = True
    cast.northwind.ai_settings.save()

    assert approval_required_by(company_id=cast.northwind.pk)
    assert not approval_required_by(company_id=cast.contoso.pk)
