"""Permissions as pages show them: in groups, each with what it lets a member do."""

from dataclasses import dataclass

from accounts.permissions import Permission

P = Permission


@dataclass(frozen=True, slots=True)
class PermissionGroup:
    title: str
    #: {permission: what it lets a member do}
    permissions: dict[Permission, str]


PERMISSION_GROUPS: tuple[PermissionGroup, ...] = (
    PermissionGroup(
        "Connection reports",
        {
            P.VIEW_ALL_REPORTS: "See who connected to which device, when and for how long, in everybody's sessions.",
            P.VIEW_OWN_REPORTS: "The same for one's own sessions. Without “all”, the role reaches one's own only.",
            P.MODIFY_REPORTS: "Change notes, ticket and billing of a report.",
            P.DELETE_REPORTS: "Delete a report with all that belongs to it.",
        },
    ),
    PermissionGroup(
        "Session summaries",
        {
            P.VIEW_SUMMARIES: "Read summaries and the timelines that they rest on.",
            P.GENERATE_SUMMARIES: "Have a summary written, or written again. It costs credits.",
            P.EDIT_SUMMARIES: "Correct a summary. What the engine wrote is kept.",
            P.APPROVE_SUMMARIES: "Say that a summary may leave the company.",
            P.EXPORT_SUMMARIES: "Take summaries out as PDF, CSV or through the API.",
            P.DELETE_SUMMARIES: "Delete a summary and keep the report.",
            P.DELETE_SESSION_LOGS: "Delete the captured interactions of a session.",
        },
    ),
    PermissionGroup(
        "Policies",
        {
            P.MANAGE_POLICIES: "Create and change policies, devices and device groups.",
            P.ASSIGN_POLICIES: "Give a policy to devices and groups.",
        },
    ),
    PermissionGroup(
        "Company",
        {
            P.MANAGE_COMPANY: "Roles, AI settings, retention, sign-in rules, letterhead.",
            P.MANAGE_USERS: "Invite and remove members, and set their roles, groups and logging.",
            P.VIEW_EVENT_LOGS: "Read and export the audit log.",
            P.MANAGE_CREDITS: "Order credits and see what was used.",
            P.MANAGE_INTEGRATIONS: "API tokens, and connections to other systems.",
        },
    ),
)
