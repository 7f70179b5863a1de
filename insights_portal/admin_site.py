from django.contrib.admin import AdminSite
from django.http import HttpRequest


class PortalAdminSite(AdminSite):
    """The portal's one admin site. Every member of a company may enter; what they see is the ModelAdmins' to say."""

    site_header = site_title = "Session Insights"
    index_title = "Company"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and getattr(request, "company", None) is not None
