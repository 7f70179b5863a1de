"""Names of devices, groups and policies: there, short enough, and one of a kind in the company."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

_LENGTHS = {
    "device": _("The name of a device has 1 to %(longest)s characters; this one has %(length)s."),
    "device group": _("The name of a device group has 1 to %(longest)s characters; this one has %(length)s."),
    "policy": _("The name of a policy has 1 to %(longest)s characters; this one has %(length)s."),
}
_TAKEN = {
    "device": _("There is already a device called “%(name)s”. Choose another name."),
    "device group": _("There is already a device group called “%(name)s”. Choose another name."),
    "policy": _("There is already a policy called “%(name)s”. Choose another name."),
}


class UnableToName(Exception):
    """The name can't be given; the sentence says why."""


def checked_name(*, name: str, namesakes: QuerySet[Any], longest: int, noun: str) -> str:
    """The name as it is stored. *namesakes* are the rows among which it must be unique; *noun* says what they are.

    Raises UnableToName.
    """
    name = name.strip()
    if not 1 <= len(name) <= longest or "\x00" in name:
        raise UnableToName(_LENGTHS[noun] % {"longest": longest, "length": len(name)})
    if namesakes.filter(name__iexact=name).exists():
        raise UnableToName(_TAKEN[noun] % {"name": name})
    return name
