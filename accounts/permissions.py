"""Every permission a role can hold. Codenames are granted on a company, never on a row of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(models.TextChoices):
    VIEW_SUMMARIES = "view_summaries", _("View summaries")
    GENERATE_SUMMARIES = "generate_summaries", _("Generate summaries")
    EDIT_SUMMARIES = "edit_summaries", _("Edit summaries")
    DELETE_SUMMARIES = "delete_summaries", _("Delete summaries")
    DELETE_SESSION_LOGS = "delete_session_logs", _("Delete session log file")
    VIEW_ALL_REPORTS = "view_all_reports", _("View all connection reports")
    VIEW_OWN_REPORTS = "view_own_reports", _("View own connection reports")
    MODIFY_REPORTS = "modify_reports", _("Modify connection reports")
    DELETE_REPORTS = "delete_reports", _("Delete connection reports")
    MANAGE_POLICIES = "manage_policies", _("Manage policies")
    ASSIGN_POLICIES = "assign_policies", _("Assign policies")
    MANAGE_COMPANY = "manage_company", _("Manage administrators and company settings")
    MANAGE_USERS = "manage_users", _("Manage users")
    VIEW_EVENT_LOGS = "view_event_logs", _("View event logs")
    EXPORT_SUMMARIES = "export_summaries", _("Export summaries")
    APPROVE_SUMMARIES = "approve_summaries", _("Approve summaries")
    ASK_COPILOT = "ask_copilot", _("Ask the copilot")
    MANAGE_CREDITS = "manage_credits", _("Manage credits")
    MANAGE_INTEGRATIONS = "manage_integrations", _("Manage integrations")


#: What is done to sessions: a role may be limited to those of its groups, or to one's own.
SESSION_PERMISSIONS = frozenset(
    {
        Permission.VIEW_SUMMARIES,
        Permission.GENERATE_SUMMARIES,
        Permission.EDIT_SUMMARIES,
        Permission.DELETE_SUMMARIES,
        Permission.DELETE_SESSION_LOGS,
        Permission.VIEW_ALL_REPORTS,
        Permission.VIEW_OWN_REPORTS,
        Permission.MODIFY_REPORTS,
        Permission.DELETE_REPORTS,
        Permission.EXPORT_SUMMARIES,
        Permission.APPROVE_SUMMARIES,
        Permission.ASK_COPILOT,
    }
)

_READ_ALL = {Permission.VIEW_SUMMARIES, Permission.VIEW_ALL_REPORTS}

#: The ready-made roles: what each company starts with.
READY_MADE_ROLES: dict[str, frozenset[Permission]] = {
    "Administrator": frozenset(Permission),
    "Support manager": frozenset(
        _READ_ALL
        | {
            Permission.GENERATE_SUMMARIES,
            Permission.EDIT_SUMMARIES,
            Permission.DELETE_SUMMARIES,
            Permission.MODIFY_REPORTS,
            Permission.EXPORT_SUMMARIES,
            Permission.APPROVE_SUMMARIES,
            Permission.ASK_COPILOT,
        }
    ),
    "Supporter": frozenset(
        {
            Permission.VIEW_SUMMARIES,
            Permission.VIEW_OWN_REPORTS,
            Permission.GENERATE_SUMMARIES,
            Permission.EDIT_SUMMARIES,
            Permission.EXPORT_SUMMARIES,
            Permission.ASK_COPILOT,
        }
    ),
    "Auditor": frozenset(_READ_ALL | {Permission.VIEW_EVENT_LOGS}),
    "Integrator": frozenset(
        _READ_ALL
        | {
            Permission.MODIFY_REPORTS,
            Permission.GENERATE_SUMMARIES,
            Permission.EXPORT_SUMMARIES,
            Permission.ASK_COPILOT,
            Permission.MANAGE_INTEGRATIONS,
        }
    ),
}
