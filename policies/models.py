import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, UserGroup
from accounts.permissions import SESSION_PERMISSIONS, Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet, reaches_of
from policies.enums import AccessControl, GroupMode, ImportState

_MANAGES_POLICIES = (Permission.MANAGE_POLICIES, Permission.ASSIGN_POLICIES)


class PolicyQuerySet(CompanyQuerySet):
    visible_with = _MANAGES_POLICIES


class Policy(CompanyOwned):
    """A named set of settings for managed devices. *Enable reports* has two switches and may be enforced."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    reports_enabled = models.BooleanField(
        _("enable reports"), default=False, help_text=_("Connections to the device are reported.")
    )
    insights_enabled = models.BooleanField(
        _("Session Insights"),
        default=False,
        help_text=_("Incoming sessions of the device are captured and summarised."),
    )
    is_enforced = models.BooleanField(
        _("enforce"), default=False, help_text=_("The device's own user cannot turn it off locally.")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("company", Lower("name"), name="policy_name_unique_in_company"),
            models.CheckConstraint(
                condition=Q(insights_enabled=False) | Q(reports_enabled=True), name="policy_insights_need_reports"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DeviceGroupQuerySet(CompanyQuerySet):
    visible_with = (*_MANAGES_POLICIES, Permission.MANAGE_COMPANY)


class DeviceGroup(CompanyOwned):
    """Devices of a company under one name; a device is in one group at most."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    policy = models.ForeignKey(
        Policy,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="device_groups",
        help_text=_("For the group's managed devices that have no policy of their own."),
        verbose_name=_("policy"),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DeviceGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("device group")
        verbose_name_plural = _("device groups")
        ordering = ["name"]
        #: What a limited role holds on the group instead of on the company.
        permissions = [(permission.value, permission.label) for permission in sorted(SESSION_PERMISSIONS)]
        constraints = [
            models.UniqueConstraint("company", Lower("name"), name="device_group_name_unique_in_company"),
            models.CheckConstraint(condition=~Q(name=""), name="device_group_name_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


class DeviceQuerySet(CompanyQuerySet):
    visible_with = _MANAGES_POLICIES

    def visible_to(self, user: Any) -> Self:
        """All devices for those who manage policies or read connection reports, and those of its groups for a role that
        is limited to some; one that is limited to user groups knows devices by the sessions it reaches.
        """
        managed = super().visible_to(user)
        if user is None or not user.is_authenticated:
            return managed
        reading = (Permission.VIEW_ALL_REPORTS, Permission.VIEW_OWN_REPORTS)
        reaches = [reach for permission in reading for reach in reaches_of(user, permission)]
        whole = sorted({reach.company_id for reach in reaches if not reach.groups})
        found = managed | self.filter(company_id__in=whole)
        for reach in reaches:
            if groups := reach.groups.get(DeviceGroup._meta.label_lower):
                found |= self.filter(company_id=reach.company_id, group_id__in=sorted(groups))
        return found


class Device(CompanyOwned):
    """A machine that sessions connect to. *managed* devices belong to the company."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    operating_system = models.CharField(_("operating system"), max_length=120, blank=True)
    customer = models.CharField(
        _("customer"), max_length=120, blank=True, help_text=_("Whose device it is; stands in reports.")
    )
    group = models.ForeignKey(
        DeviceGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="devices",
        verbose_name=_("device group"),
    )
    is_managed = models.BooleanField(_("managed"), default=False, help_text=_("The device belongs to the company."))
    policy = models.ForeignKey(
        Policy,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="devices",
        help_text=_("The device's own policy; it wins over its group's. Managed devices only."),
        verbose_name=_("policy"),
    )
    is_locally_off = models.BooleanField(
        _("turned off locally"),
        default=False,
        help_text=_("By the device's own user, where the policy is not enforced."),
    )
    access_control = models.CharField(
        _("access control"), max_length=20, choices=AccessControl, default=AccessControl.AFTER_CONFIRMATION
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("company", Lower("name"), name="device_name_unique_in_company"),
            models.CheckConstraint(
                condition=Q(policy__isnull=True) | Q(is_managed=True), name="device_policy_needs_managed"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CaptureConditionsQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_COMPANY,)


class CaptureConditions(CompanyOwned):
    """Which groups' sessions a company summarises at all; the minimum duration stands in its AI settings."""

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="capture_conditions")
    user_groups_mode = models.CharField(_("supporters"), max_length=8, choices=GroupMode, default=GroupMode.ALL)
    user_groups = models.ManyToManyField(UserGroup, blank=True, related_name="+")
    device_groups_mode = models.CharField(_("devices"), max_length=8, choices=GroupMode, default=GroupMode.ALL)
    device_groups = models.ManyToManyField(DeviceGroup, blank=True, related_name="+")

    objects = CaptureConditionsQuerySet.as_manager()

    class Meta:
        verbose_name = _("capture conditions")
        verbose_name_plural = _("capture conditions")

    def __str__(self) -> str:
        return f"Capture conditions of {self.company}"


class DeviceImportQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_POLICIES,)


class DeviceImport(CompanyOwned):
    """A list of devices that was checked, and waits to be put in or is being put in, part by part."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    content = models.BinaryField(help_text="The file, compressed; empty once it is in.")
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.CHECKED)
    new_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    new_groups = models.JSONField(default=list, help_text="Names of groups that the file makes.")
    examples = models.JSONField(default=list, help_text="[{line, name, changes}], the first rows that do something.")
    done_rows = models.PositiveIntegerField(default=0)

    objects = DeviceImportQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="device_import_state_known"),
        ]

    def __str__(self) -> str:
        return self.file_name
