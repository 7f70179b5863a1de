from django.contrib.auth.models import Group
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet


class RoleQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_COMPANY, Permission.MANAGE_USERS)


class Role(CompanyOwned):
    """A named set of permissions in one company; a member's roles add up."""

    name = models.CharField(_("name"), max_length=50)
    permissions = models.JSONField(
        _("permissions"), default=list, help_text="Codenames of accounts.permissions.Permission."
    )
    group = models.OneToOneField(Group, on_delete=models.PROTECT, editable=False, related_name="role")

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("company", Lower("name"), name="role_name_unique_in_company"),
            models.CheckConstraint(condition=~models.Q(name=""), name="role_name_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name
