"""The way from activation to the first summary, computed from what stands in the company: nothing is ticked by hand."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.ai_settings import needs_acceptance
from accounts.models import AISettings, AuditEntry, Company, Membership, User
from accounts.permissions import Permission
from accounts.tenancy import require
from policies.models import Device
from summaries.domain.eligibility.coverage import WITH_INSIGHTS
from summaries.enums import SessionStatus
from summaries.models import SupportSession


@dataclass(frozen=True, slots=True)
class Step:
    """One step; *code* tells the interface where it is taken. An optional step keeps nothing from being finished."""

    code: str
    title: str
    help: str
    is_done: bool
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Setup:
    """*is_hidden*: an administrator does not want to see it on the home page."""

    steps: tuple[Step, ...]
    is_hidden: bool

    @property
    def wanted(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if not step.is_optional)

    @property
    def done_count(self) -> int:
        return sum(step.is_done for step in self.wanted)

    @property
    def is_finished(self) -> bool:
        return self.done_count == len(self.wanted)

    @property
    def next_step(self) -> Step | None:
        return next((step for step in self.wanted if not step.is_done), None)


def setup_of(*, company: Company) -> Setup:
    """One query."""
    mine = {"company": OuterRef("company")}
    logged = Membership.objects.filter(**mine, is_active=True, log_sessions=True)
    covered = Device.objects.filter(WITH_INSIGHTS, **mine, is_managed=True)
    sessions = SupportSession.objects.filter(**mine).exclude(status=SessionStatus.IMPORTING)
    entries = AuditEntry.objects.filter(**mine)
    settings = AISettings.objects.annotate(
        has_logged_member=Exists(logged),
        has_covered_device=Exists(covered),
        has_session=Exists(sessions),
        was_tested=Exists(entries.filter(action="engine.tested", details__ok=True)),
        was_read=Exists(entries.filter(Q(action="summary.viewed"))),
    ).get(company=company)
    return Setup(_steps(settings), is_hidden=settings.setup_hidden_at is not None)


def _steps(found: AISettings) -> tuple[Step, ...]:
    has: dict[str, bool] = found.__dict__
    return (
        Step(
            "terms",
            _("Accept the terms"),
            _("AI features are off until an administrator accepts them for the company."),
            found.is_active and not needs_acceptance(found),
        ),
        Step(
            "switches",
            _("Choose which connections are summarised"),
            _("Outgoing: your members connect to any device. Incoming: someone connects to a device of yours."),
            found.outgoing_enabled or found.incoming_enabled,
        ),
        _reached_step(found),
        Step(
            "engine",
            _("Choose and test the engine"),
            _("The built-in engine works at once, with no key and no network."),
            has["was_tested"],
            is_optional=True,
        ),
        Step(
            "session",
            _("Bring a first session in"),
            _("Import a recording, or let a capture client report a session."),
            has["has_session"],
        ),
        Step(
            "summary",
            _("Read the first summary"),
            _("It is ready a moment after the session has ended, if the session could be captured."),
            has["was_read"],
        ),
    )


def _reached_step(found: AISettings) -> Step:
    """Whom the switches reach: members for outgoing connections, devices where only incoming ones are on."""
    if found.incoming_enabled and not found.outgoing_enabled:
        return Step(
            "devices",
            _("Put a managed device under a policy"),
            _("Incoming sessions are summarised under a policy with Session Insights."),
            found.__dict__["has_covered_device"],
        )
    return Step(
        "members",
        _("Log the sessions of at least one member"),
        _("Only logged members' sessions are summarised."),
        found.__dict__["has_logged_member"],
    )


def show_setup(*, company: Company, shown: bool, actor: User, at: datetime) -> None:
    """Show the list on the home page, or leave it out. Doing it twice changes nothing. Raises PermissionMissing."""
    require(actor, Permission.MANAGE_COMPANY, company.pk)
    settings = AISettings.objects.filter(company=company, setup_hidden_at__isnull=not shown)
    if settings.update(setup_hidden_at=None if shown else at):
        audit.record(company=company, actor=actor, action="setup.shown" if shown else "setup.hidden", at=at)
