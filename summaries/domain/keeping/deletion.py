"""The one way by which entries of the consent ledger go."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from summaries.models import DeletionPass


@contextmanager
def consent_entries_may_go(*, reason: str) -> Iterator[None]:
    """Inside the block, one transaction, the ledger's trigger lets deletions through. *reason* says by what right."""
    with transaction.atomic():
        granted = DeletionPass.objects.create(reason=reason)
        yield
        granted.delete()
