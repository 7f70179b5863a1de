"""Jobs that delete: summaries, session logs or whole connection reports of many sessions."""

from abc import abstractmethod
from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Company, User
from accounts.permissions import Permission
from summaries.domain.jobs.kinds import JobKind, Refusal, Skip, Step, unreached
from summaries.domain.keeping.holds import UnderLegalHold, hold_on_session, is_company_held
from summaries.domain.keeping.removal import UnableToDelete, delete_log, delete_report, delete_summary
from summaries.domain.reading.queries import summary_of
from summaries.enums import SessionStatus
from summaries.models import SupportSession


class DeletionKind(JobKind):
    """What goes lies in the trash for a while, each session's with who deleted it."""

    is_atomic = True
    asks_again = True
    is_destructive = True
    errors = (UnableToDelete, UnderLegalHold)
    undo_page = "summaries:trash"

    def refusals(self, *, company: Company, member: User) -> Sequence[Refusal]:
        held = gettext_lazy("they are under legal hold")
        everything = [Refusal(Q(pk__isnull=False), held)] if is_company_held(company=company) else []
        return [
            *unreached(company=company, member=member, permission=self.permission),
            *self.nothing_there(),
            Refusal(Q(status=SessionStatus.OPEN), gettext_lazy("they are still running")),
            *everything,
            Refusal(Q(hold_on_session()), held),
        ]

    def nothing_there(self) -> Sequence[Refusal]:
        return ()

    def step(self, step: Step) -> None:
        if not self.is_there(step.session):
            raise Skip(_("There is nothing left to delete; perhaps somebody was faster."))
        self.delete(step)

    @abstractmethod
    def is_there(self, session: SupportSession) -> bool: ...

    @abstractmethod
    def delete(self, step: Step) -> None: ...


class DeleteSummaries(DeletionKind):
    code = "delete_summaries"
    label = gettext_lazy("Delete summaries")
    permission = Permission.DELETE_SUMMARIES
    notice = gettext_lazy("Each summary goes with all its revisions. Connection report and session log stay.")

    def will(self, count: int) -> str:
        text = ngettext("%(count)s summary will be deleted.", "%(count)s summaries will be deleted.", count)
        return text % {"count": count}

    def did(self, count: int) -> str:
        return ngettext("%(count)s summary deleted", "%(count)s summaries deleted", count) % {"count": count}

    def nothing_there(self) -> Sequence[Refusal]:
        return [Refusal(Q(summary__isnull=True), gettext_lazy("they have no summary"))]

    def is_there(self, session: SupportSession) -> bool:
        return summary_of(session) is not None

    def delete(self, step: Step) -> None:
        delete_summary(session=step.session, actor=step.member, at=step.at)


class DeleteLogs(DeletionKind):
    code = "delete_logs"
    label = gettext_lazy("Delete session log files")
    permission = Permission.DELETE_SESSION_LOGS
    notice = gettext_lazy(
        "All recorded interactions go. Report and summary stay, but no new summary can be made of these sessions."
    )

    def will(self, count: int) -> str:
        text = ngettext("%(count)s session log will be deleted.", "%(count)s session logs will be deleted.", count)
        return text % {"count": count}

    def did(self, count: int) -> str:
        return ngettext("%(count)s session log deleted", "%(count)s session logs deleted", count) % {"count": count}

    def nothing_there(self) -> Sequence[Refusal]:
        return [Refusal(Q(interaction_count=0), gettext_lazy("they have no session log"))]

    def is_there(self, session: SupportSession) -> bool:
        return session.interaction_count > 0

    def delete(self, step: Step) -> None:
        delete_log(session=step.session, actor=step.member, at=step.at)


class DeleteReports(DeletionKind):
    code = "delete_reports"
    label = gettext_lazy("Delete connection reports")
    permission = Permission.DELETE_REPORTS
    notice = gettext_lazy(
        "The whole session goes: connection report, notes, bill, session log and summary. It is in no list and no "
        "figure any more."
    )

    def will(self, count: int) -> str:
        text = ngettext(
            "%(count)s connection report will be deleted.", "%(count)s connection reports will be deleted.", count
        )
        return text % {"count": count}

    def did(self, count: int) -> str:
        text = ngettext("%(count)s connection report deleted", "%(count)s connection reports deleted", count)
        return text % {"count": count}

    def is_there(self, session: SupportSession) -> bool:
        return session.status == SessionStatus.ENDED

    def delete(self, step: Step) -> None:
        delete_report(session=step.session, actor=step.member, at=step.at)
