"""What other apps delete must not change silently what is captured."""

from typing import Any

from django.db.models import ProtectedError
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from accounts.models import UserGroup
from policies.models import CaptureConditions


@receiver(pre_delete, sender=UserGroup, dispatch_uid="policies.keep_groups_of_conditions")
def keep_groups_of_conditions(instance: UserGroup, **kwargs: Any) -> None:  # noqa: ARG001 - the signal's signature
    """Raise ProtectedError for a user group that a condition names: without it, others would be captured."""
    conditions = CaptureConditions.objects.filter(user_groups=instance)
    if conditions.exists():
        raise ProtectedError(
            f"The company's conditions name “{instance.name}”. Change the AI settings first.", set(conditions)
        )
