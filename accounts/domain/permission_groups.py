"""Permissions as pages show them: in groups, each with what it lets a member do."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission

P = Permission


@dataclass(frozen=True, slots=True)
class PermissionGroup:
    #: Lazy, like all words here.
    title: Any
    #: {permission: what it lets a member do}
    permissions: dict[Permission, Any]


PERMISSION_GROUPS: tuple[PermissionGroup, ...] = (
    PermissionGroup(
        _("Connection reports"),
        {
            P.VIEW_ALL_REPORTS: _("See who connected to which device, when and for how long, in everybody's sessions."),
            P.VIEW_OWN_REPORTS: _("The same for one's own sessions. Without “all”, the role reaches one's own only."),
            P.MODIFY_REPORTS: _("Change notes, ticket and billing of a report."),
            P.DELETE_REPORTS: _("Delete a report with all that belongs to it."),
        },
    ),
    PermissionGroup(
        _("Session summaries"),
        {
            P.VIEW_SUMMARIES: _("Read summaries and the timelines that they rest on."),
            P.GENERATE_SUMMARIES: _("Have a summary written, or written again. It costs credits."),
            P.ASK_COPILOT: _("Ask questions about a session, answered from what was recorded. It costs credits."),
            P.EDIT_SUMMARIES: _("Correct a summary. What the engine wrote is kept."),
            P.APPROVE_SUMMARIES: _("Say that a summary may leave the company."),
            P.EXPORT_SUMMARIES: _("Take summaries out as PDF, CSV or through the API."),
            P.DELETE_SUMMARIES: _("Delete a summary and keep the report."),
            P.DELETE_SESSION_LOGS: _("Delete the captured interactions of a session."),
        },
    ),
    PermissionGroup(
        _("Policies"),
        {
            P.MANAGE_POLICIES: _("Create and change policies, devices and device groups."),
            P.ASSIGN_POLICIES: _("Give a policy to devices and groups."),
        },
    ),
    PermissionGroup(
        _("Company"),
        {
            P.MANAGE_COMPANY: _("Roles, AI settings, retention, sign-in rules, letterhead."),
            P.MANAGE_USERS: _("Invite and remove members, and set their roles, groups and logging."),
            P.VIEW_EVENT_LOGS: _("Read and export the audit log."),
            P.MANAGE_CREDITS: _("Order credits and see what was used."),
            P.MANAGE_INTEGRATIONS: _("API tokens, and connections to other systems."),
        },
    ),
)
