"""What every kind of background job is: the contract between a kind and the runs that walk its sessions.

A new kind is one class with a place in `registry.KINDS`; bulk bar, confirmation, progress, cancel, retry and file need
no more than that.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import holds, require
from summaries.domain.reading.release import approval_required_by, held_back
from summaries.models import Job, SupportSession
from summaries.models.reach import reached_in

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    #: Written in the reader's language when it is shown.
    Words = str | _StrPromise


class Skip(Exception):
    """This session is left as it is; the sentence says why. It is counted, and the job goes on."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Which sessions a job leaves out from the start: *condition*, and *why*, as the end of "3 can't, because …"."""

    condition: Q
    why: "Words"


@dataclass(frozen=True, slots=True)
class Step:
    """One session's turn. *is_repeated*: a worker died after it had begun with this very session.

    *revision_id*: the text that counted when the job was asked for; None: there was none.
    """

    job: Job
    member: User
    session: SupportSession
    place: int
    at: datetime
    is_repeated: bool = False
    folder: Path | None = None
    revision_id: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One worker's turn at a job, for the hooks. *folder*: where a kind with a file works; it outlives the worker.

    *keep*: call it at least every half minute of longer work. It holds the job, and raises when somebody cancelled it.
    """

    job: Job
    member: User
    clock: Callable[[], datetime]
    keep: Callable[[], None]
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class ResultFile:
    """What a job leaves to be downloaded: *path* lies in the run's folder; *name* is what the download is called."""

    path: Path
    name: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One more line of the confirmation: `Credits: 41 needed, 12 available`."""

    label: "Words"
    value: "Words"
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """*items*: conditions on JobItem of those that the file tells of; all of them must be among *readable*."""

    items: Q
    readable: QuerySet[SupportSession]
    is_about_release: bool = False


class JobKind(ABC):
    """One thing that can be done to many sessions.

    *permission* is asked for when the job is asked for, and again by *step* for each session, of the roles the member
    holds then. A step is *atomic* when one transaction holds all that it does: it then happens exactly once, whatever
    is killed. Others may be begun again after a kill (`Step.is_repeated`), and leave the same.
    """

    code: ClassVar[str]
    label: ClassVar["Words"]
    permission: ClassVar[Permission]
    is_atomic: ClassVar[bool] = False
    #: Asks again who the member is before it starts.
    asks_again: ClassVar[bool] = False
    is_destructive: ClassVar[bool] = False
    needs_file: ClassVar[bool] = False
    #: Sessions that are loaded, and prepared, at a time.
    portion: ClassVar[int] = 100
    #: What *step* raises about one session, with a sentence for people.
    errors: ClassVar[tuple[type[Exception], ...]] = ()
    #: Where summaries that went by this job can be taken back, as the name of a page; empty where nothing can be.
    undo_page: ClassVar[str] = ""
    #: What is said of it before it starts, beside the counts.
    notice: ClassVar["Words"] = ""
    #: Members ask for it on a list; the others are the portal's own.
    is_offered: ClassVar[bool] = True
    #: Its sessions need no step each: `finish` makes of them all what it makes.
    is_whole: ClassVar[bool] = False

    def is_allowed(self, *, member: User, company_id: int) -> bool:
        return holds(member, self.permission, company_id)

    def require_allowed(self, *, member: User, company_id: int) -> None:
        """Raise PermissionMissing unless `is_allowed`."""
        if not self.is_allowed(member=member, company_id=company_id):
            require(member, self.permission, company_id)

    @abstractmethod
    def will(self, count: int) -> str:
        """What happens to *count* sessions, as a sentence: "41 summaries will be approved."."""

    @abstractmethod
    def did(self, count: int) -> str:
        """What happened, as the beginning of a sentence: "41 summaries approved"."""

    def refusals(self, *, company: Company, member: User) -> Sequence[Refusal]:  # noqa: ARG002 - kinds narrow it
        """The sessions that it can't be done to; the first that fits a session tells why."""
        return ()

    def facts(
        self,
        *,
        company: Company,  # noqa: ARG002 - kinds use them
        sessions: QuerySet[SupportSession],  # noqa: ARG002
        at: datetime,  # noqa: ARG002
    ) -> Sequence[Fact]:
        """What else is told before it starts. *sessions*: those that it will be done to."""
        return ()

    def begin(self, run: Run) -> None:  # noqa: B027 - most kinds have nothing to begin
        """Once for each worker that takes the job."""

    def prepare(self, run: Run, sessions: Sequence[SupportSession]) -> None:  # noqa: B027
        """Before the steps of a portion: what is faster for many sessions at once. Safe to be done again."""

    @abstractmethod
    def step(self, step: Step) -> None:
        """Do it to one session. Raises Skip, PermissionMissing and *errors*; anything else is a failure of ours."""

    def finish(self, run: Run) -> ResultFile | None:  # noqa: ARG002 - kinds with a file use it
        """After the last session: the file, if the kind needs one. Safe to be done again."""
        return None

    def told_of(self, *, job: Job, reader: User) -> Sequence[Told]:
        """Of which sessions its file tells, and which of them *reader* may take away now."""
        reached = SupportSession.objects.reached_with(reader, self.permission, job.company)
        # A file tells what summaries say: whoever may no longer read them takes none along.
        read = SupportSession.objects.reached_with(reader, Permission.VIEW_SUMMARIES, job.company).order_by()
        both = reached.filter(pk__in=read.values("pk"))
        # The company may demand approval since the file was made.
        kept_here = held_back(approval_required=approval_required_by(company_id=job.company_id))
        return (Told(Q(), both), Told(Q(), both.exclude(kept_here), is_about_release=True))

    def ended(self, *, job: Job, at: datetime) -> None:  # noqa: B027 - most kinds leave it to the mail
        """Within the transaction that ends the job, whichever way."""


def unreached(*, company: Company, member: User, permission: Permission) -> list[Refusal]:
    """What *member*'s roles do not reach with *permission*: the first refusal of most kinds."""
    if reached_in(member, company.pk, (permission,)).is_whole_company:
        return []
    mine = SupportSession.objects.reached_with(member, permission, company).order_by().values("pk")
    return [Refusal(~Q(pk__in=mine), _("your roles do not allow it for them"))]
