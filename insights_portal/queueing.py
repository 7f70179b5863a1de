"""The only way work enters the queue: ids by keyword, once the transaction that wrote them has committed."""

from functools import partial
from uuid import UUID

from django.db import transaction
from django_q.brokers import get_broker
from django_q.tasks import async_task


def enqueue_on_commit(task: str, **ids: int | str | UUID) -> None:
    """Queue the function with the dotted name *task* once the open transaction commits.

    Payloads are pickles, so only ids travel; the task loads what it needs.
    """
    transaction.on_commit(partial(async_task, task, **ids))


def nothing_waits() -> bool:
    """Whether no task waits for a worker; tasks that a worker has taken do not count."""
    return bool(get_broker().queue_size() == 0)
