from django.db import models
from django.db.models.functions import Lower

from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet
from policies.enums import AccessControl


class DeviceQuerySet(CompanyQuerySet):
    visible_with = (
        Permission.VIEW_ALL_REPORTS,
        Permission.VIEW_OWN_REPORTS,
        Permission.MANAGE_POLICIES,
        Permission.ASSIGN_POLICIES,
    )


class Device(CompanyOwned):
    """A machine that sessions connect to. *managed* devices belong to the company."""

    name = models.CharField(max_length=120)
    operating_system = models.CharField(max_length=120, blank=True)
    customer = models.CharField(max_length=120, blank=True, help_text="Whose device it is; stands in reports.")
    is_managed = models.BooleanField(default=False)
    access_control = models.CharField(max_length=20, choices=AccessControl, default=AccessControl.AFTER_CONFIRMATION)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("company", Lower("name"), name="device_name_unique_in_company"),
        ]

    def __str__(self) -> str:
        return self.name
