"""What other apps delete must not change silently what is captured."""

from typing import Any

from django.db.models import ProtectedError
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from accounts.models import UserGroup
from policies.domain.conditions import StillNamed, check_not_named


@receiver(pre_delete, sender=UserGroup, dispatch_uid="policies.keep_groups_of_conditions")
def keep_groups_of_conditions(instance: UserGroup, **kwargs: Any) -> None:  # noqa: ARG001 - the signal's signature
    """Raise ProtectedError for a user group that a condition names, as the database does for a foreign key."""
    try:
        check_not_named(group=instance)
    except StillNamed as error:
        raise ProtectedError(str(error), {instance}) from error
