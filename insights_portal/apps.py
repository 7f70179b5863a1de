from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "insights_portal.admin_site.PortalAdminSite"

    def ready(self) -> None:
        super().ready()
        from insights_portal import checks  # noqa: F401 - they look at the apps' classes, which stand only now
