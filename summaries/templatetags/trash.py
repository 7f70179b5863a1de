"""The button in a message that brings back what was just deleted."""

import re

from django import template
from django.contrib.messages.storage.base import Message
from django.urls import reverse

from summaries.models import TrashedRecord

register = template.Library()

_TAG = re.compile(r"undo-(\d{1,18})-(\d{1,18})")


def undo_tag(trashed: TrashedRecord) -> str:
    """What a message carries so that it is shown with the button."""
    return f"undo-{trashed.session.number}-{trashed.pk}"


@register.simple_tag
def undo_address(message: Message) -> str:
    """Where the message's button posts to; empty for a message without one."""
    found = _TAG.fullmatch(message.extra_tags or "")
    return reverse("summaries:trash_restore", args=[int(each) for each in found.groups()]) if found else ""
