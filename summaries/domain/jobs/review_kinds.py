"""Jobs that say a person's word on many summaries: reviewed, approved."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Company, User
from accounts.permissions import Permission
from summaries.domain.jobs.kinds import JobKind, Refusal, Skip, Step, unreached
from summaries.domain.reading.queries import summary_of
from summaries.domain.reading.review import UnableToReview, approve, mark_reviewed
from summaries.enums import ReviewState, SummaryState
from summaries.models import Summary

_PASSED = {
    ReviewState.APPROVED: gettext_lazy("they are approved already"),
    ReviewState.REVIEWED: gettext_lazy("they are marked as reviewed already"),
}


class ReviewKind(JobKind):
    """Moves the text that stood when the job was asked for; another one is read first by somebody."""

    is_atomic = True
    errors = (UnableToReview,)
    #: States in which nothing is left to say.
    passed: ClassVar[tuple[ReviewState, ...]]

    def refusals(self, *, company: Company, member: User) -> Sequence[Refusal]:
        return [
            *unreached(company=company, member=member, permission=self.permission),
            Refusal(Q(summary__isnull=True), gettext_lazy("they have no summary")),
            Refusal(~Q(summary__state=SummaryState.READY), gettext_lazy("their summary is not written yet, or failed")),
            *(Refusal(Q(summary__review=review), _PASSED[review]) for review in self.passed),
        ]

    def step(self, step: Step) -> None:
        summary = summary_of(step.session)
        if summary is None or summary.current is None:
            raise Skip(_("It has no summary any more."))
        if summary.state == SummaryState.READY and summary.review in self.passed:
            raise Skip(_("Somebody did this before the job came to it."))
        if summary.current_id != step.revision_id:
            raise Skip(_("Another text counts since you asked. Read it, then decide."))
        summary.session = step.session
        self.move(summary=summary, step=step)

    @abstractmethod
    def move(self, *, summary: Summary, step: Step) -> None: ...


class Approve(ReviewKind):
    code = "approve"
    label = gettext_lazy("Approve")
    permission = Permission.APPROVE_SUMMARIES
    passed = (ReviewState.APPROVED,)

    def will(self, count: int) -> str:
        text = ngettext("%(count)s summary will be approved.", "%(count)s summaries will be approved.", count)
        return text % {"count": count}

    def did(self, count: int) -> str:
        return ngettext("%(count)s summary approved", "%(count)s summaries approved", count) % {"count": count}

    def move(self, *, summary: Summary, step: Step) -> None:
        approve(summary=summary, revision_id=summary.current_id or 0, actor=step.member, at=step.at)


class MarkReviewed(ReviewKind):
    code = "review"
    label = gettext_lazy("Mark reviewed")
    permission = Permission.EDIT_SUMMARIES
    passed = (ReviewState.APPROVED, ReviewState.REVIEWED)

    def will(self, count: int) -> str:
        text = ngettext(
            "%(count)s summary will be marked as reviewed.", "%(count)s summaries will be marked as reviewed.", count
        )
        return text % {"count": count}

    def did(self, count: int) -> str:
        text = ngettext("%(count)s summary marked as reviewed", "%(count)s summaries marked as reviewed", count)
        return text % {"count": count}

    def move(self, *, summary: Summary, step: Step) -> None:
        mark_reviewed(summary=summary, revision_id=summary.current_id or 0, actor=step.member, at=step.at)
