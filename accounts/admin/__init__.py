from accounts.admin.audit import AuditEntryAdmin
from accounts.admin.company import CompanyAdmin
from accounts.admin.groups import UserGroupAdmin
from accounts.admin.invitations import InvitationAdmin
from accounts.admin.members import MembershipAdmin
from accounts.admin.roles import RoleAdmin
from accounts.admin.sign_in import SingleSignOnAdmin
from accounts.admin.tokens import ApiTokenAdmin

__all__ = [
    "ApiTokenAdmin",
    "AuditEntryAdmin",
    "CompanyAdmin",
    "InvitationAdmin",
    "MembershipAdmin",
    "RoleAdmin",
    "SingleSignOnAdmin",
    "UserGroupAdmin",
]
