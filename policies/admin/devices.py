from django.contrib import admin

from accounts.permissions import Permission
from accounts.scoped_admin import CompanyScopedAdmin
from policies.models import Device


@admin.register(Device)
class DeviceAdmin(CompanyScopedAdmin):
    view_permissions = (Permission.MANAGE_POLICIES, Permission.ASSIGN_POLICIES)
    add_permission = change_permission = delete_permission = Permission.MANAGE_POLICIES
    overview_group = "Devices"
    overview_help = "Machines that sessions connect to, whose they are, and what the remote side allows."

    fields = ["name", "operating_system", "customer", "is_managed", "access_control"]
    list_display = ["name", "customer", "operating_system", "is_managed", "access_control"]
    list_filter = ["is_managed", "access_control"]
    search_fields = ["name", "customer"]
    search_help_text = "Name or customer"
    ordering = ["name", "pk"]
