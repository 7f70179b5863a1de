"""What a role can be limited to. Apps above accounts add their groups here, as they add steps to the set-up list."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from guardian.models import GroupObjectPermission

from accounts.tenancy import CompanyOwned

#: Models of groups, in the order in which pages show them; "app.model" names one in RoleGrants.groups.
limit_models: list[type[CompanyOwned]] = []


def register_limit(model: type[CompanyOwned]) -> None:
    """Let roles be limited to rows of *model*, whose Meta.permissions hold the permissions on sessions."""
    if model not in limit_models:
        limit_models.append(model)
        models.signals.pre_delete.connect(_keep_what_limits, sender=model)


def grants_on(group: CompanyOwned) -> models.QuerySet[GroupObjectPermission]:
    """The grants of roles that are limited to *group*."""
    return GroupObjectPermission.objects.filter(
        content_type__app_label=group._meta.app_label,
        content_type__model=group._meta.model_name,
        object_pk=str(group.pk),
    )


def _keep_what_limits(sender: type[CompanyOwned], instance: CompanyOwned, **_kwargs: Any) -> None:
    # Whoever deletes it: without the group its role would lose the limit unseen. The lock lets a role that is being
    # limited to the group at this moment come first or see it gone.
    rows: Any = sender._default_manager
    rows.select_for_update().filter(pk=instance.pk).first()
    limiting = list(grants_on(instance))
    if limiting:
        sentence = _("“%(group)s” limits a role. Limit the role to another group first, or delete it.") % {
            "group": instance
        }
        raise models.ProtectedError(sentence, set(limiting))
