"""Names of devices, groups and policies: there, short enough, and one of a kind in the company."""

from typing import Any

from django.db.models import QuerySet


class UnableToName(Exception):
    """The name can't be given; the sentence says why."""


def checked_name(*, name: str, namesakes: QuerySet[Any], longest: int, noun: str) -> str:
    """The name as it is stored. *namesakes* are the rows among which it must be unique. Raises UnableToName."""
    name = name.strip()
    if not 1 <= len(name) <= longest or "\x00" in name:
        raise UnableToName(f"The name of a {noun} has 1 to {longest} characters; this one has {len(name)}.")
    if namesakes.filter(name__iexact=name).exists():
        raise UnableToName(f"There is already a {noun} called “{name}”. Choose another name.")
    return name
