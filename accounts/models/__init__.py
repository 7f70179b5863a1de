from accounts.models.ai_settings import AISettings
from accounts.models.audit import AuditCursor, AuditEntry, AuditSeal
from accounts.models.companies import Company
from accounts.models.disclosures import Disclosure
from accounts.models.notices import Mail, WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookMessage
from accounts.models.people import Invitation, Membership, User, UserGroup
from accounts.models.roles import Role
from accounts.models.sign_in import SignIn, SingleSignOn
from accounts.models.tokens import ApiToken

__all__ = [
    "AISettings",
    "ApiToken",
    "AuditCursor",
    "AuditEntry",
    "AuditSeal",
    "Company",
    "Disclosure",
    "Invitation",
    "Mail",
    "Membership",
    "Role",
    "SignIn",
    "SingleSignOn",
    "User",
    "UserGroup",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookMessage",
]
