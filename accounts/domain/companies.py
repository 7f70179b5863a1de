from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.domain import audit, roles
from accounts.models import AISettings, Company, User


@transaction.atomic
def create_company(*, name: str, slug: str, at: datetime, actor: User | None = None, **fields: Any) -> Company:
    """Create a company with its AI settings (off) and the ready-made roles."""
    company = Company.objects.create(name=name, slug=slug, **fields)
    AISettings.objects.create(company=company)
    roles.create_ready_made_roles(company=company, at=at)
    audit.record(company=company, actor=actor, action="company.created", at=at, target=company)
    return company
