"""Lookups for commands, which act for the operator and have no member at the keyboard."""

from dataclasses import dataclass

from accounts.models import AISettings, Company, Membership


def company_by_slug(slug: str) -> Company | None:
    return Company.objects.filter(slug=slug).first()


def all_companies() -> list[Company]:
    return list(Company.objects.order_by("slug"))


def member_by_email(*, company: Company, email: str) -> Membership | None:
    """The active membership of the person with this address."""
    memberships = Membership.objects.filter(company=company, user__email=email.strip().lower(), is_active=True)
    return memberships.select_related("user", "company").first()


@dataclass(frozen=True, slots=True)
class SetupState:
    """How far a company is set up, as far as accounts know."""

    ai_active: bool
    outgoing_enabled: bool
    has_logged_member: bool


def setup_state(*, company: Company) -> SetupState:
    settings = AISettings.objects.get(company=company)
    logged = Membership.objects.filter(company=company, is_active=True, log_sessions=True)
    return SetupState(settings.is_active, settings.outgoing_enabled, logged.exists())
