"""Lookups for commands, which act for the operator and have no member at the keyboard."""

from accounts.models import Company, Membership


def company_by_slug(slug: str) -> Company | None:
    return Company.objects.filter(slug=slug).first()


def all_companies() -> list[Company]:
    return list(Company.objects.order_by("slug"))


def member_by_email(*, company: Company, email: str) -> Membership | None:
    """The active membership of the person with this address."""
    memberships = Membership.objects.filter(company=company, user__email=email.strip().lower(), is_active=True)
    return memberships.select_related("user", "company").first()
