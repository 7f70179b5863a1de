from accounts.admin.access import ApiTokenAdmin, MembershipAdmin, RoleAdmin
from accounts.admin.audit import AuditEntryAdmin
from accounts.admin.company import AISettingsAdmin, CompanyAdmin
from accounts.admin.setup import setup_steps
from accounts.admin.sign_in import SingleSignOnAdmin

__all__ = [
    "AISettingsAdmin",
    "ApiTokenAdmin",
    "AuditEntryAdmin",
    "CompanyAdmin",
    "MembershipAdmin",
    "RoleAdmin",
    "SingleSignOnAdmin",
    "setup_steps",
]
