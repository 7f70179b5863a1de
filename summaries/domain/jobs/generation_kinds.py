"""A job that has many summaries made, or made anew."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Company, User
from accounts.permissions import Permission
from credits.domain.balance import figure_of
from credits.enums import ReservationState
from credits.models import Reservation
from policies.enums import Verdict
from summaries.domain.generation.requests import NotEligible, ask_for_summary
from summaries.domain.jobs.kinds import Fact, JobKind, Refusal, Skip, Step, unreached
from summaries.domain.reading.queries import summary_of
from summaries.enums import SessionStatus, SummaryState
from summaries.models import SupportSession

_UNDER_WAY = (SummaryState.QUEUED, SummaryState.RUNNING)


class Regenerate(JobKind):
    """Asks for the summary of each session; making them is the work of the generation queue, and goes on after it."""

    code = "regenerate"
    label = gettext_lazy("Regenerate")
    permission = Permission.GENERATE_SUMMARIES
    is_atomic = True
    errors = (NotEligible,)
    notice = gettext_lazy("A text that a person corrected is kept: the new one is a revision of its own.")

    def will(self, count: int) -> str:
        text = ngettext("%(count)s summary will be made anew.", "%(count)s summaries will be made anew.", count)
        return text % {"count": count}

    def did(self, count: int) -> str:
        return ngettext("%(count)s summary asked for", "%(count)s summaries asked for", count) % {"count": count}

    def refusals(self, *, company: Company, member: User) -> Sequence[Refusal]:
        return [
            *unreached(company=company, member=member, permission=self.permission),
            Refusal(Q(status=SessionStatus.OPEN), gettext_lazy("they are still running")),
            Refusal(~Q(verdict=Verdict.YES), gettext_lazy("they may not be summarised")),
            Refusal(Q(log_deleted_at__isnull=False), gettext_lazy("their session log was deleted")),
            Refusal(Q(summary__state__in=_UNDER_WAY), gettext_lazy("their summary is being made at this moment")),
        ]

    def facts(self, *, company: Company, sessions: QuerySet[SupportSession], at: datetime) -> Sequence[Fact]:
        """The credits: a session that had its credit needs none again."""
        paid = Reservation.objects.filter(
            company=company,
            session_id=OuterRef("public_id"),
            state__in=[ReservationState.RESERVED, ReservationState.CHARGED],
        )
        needed = sessions.order_by().exclude(Exists(paid)).count()
        balance, meter_only = figure_of(company=company, at=at)
        if meter_only:
            return [Fact(_("Credits"), _("%(needed)s counted; the company counts and pays none") % {"needed": needed})]
        waiting = max(needed - balance.available, 0)
        told = _("%(needed)s needed, %(available)s available") % {"needed": needed, "available": balance.available}
        facts = [Fact(_("Credits"), told, is_warning=waiting > 0)]
        if waiting:
            text = ngettext(
                "%(count)s session will wait, and is summarised when credits come.",
                "%(count)s sessions will wait, and are summarised when credits come, oldest first.",
                waiting,
            )
            facts.append(Fact(_("Not enough credits"), text % {"count": waiting}, is_warning=True))
        return facts

    def step(self, step: Step) -> None:
        summary = summary_of(step.session)
        if summary is not None and summary.state in _UNDER_WAY:
            raise Skip(_("Its summary is being made already."))
        ask_for_summary(session=step.session, actor=step.member, at=step.at)
