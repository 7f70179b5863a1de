"""Names of devices, groups and policies: there, short enough, and one of a kind in the company."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _


class UnableToName(Exception):
    """The name can't be given; the sentence says why."""


def checked_name(*, name: str, namesakes: QuerySet[Any], longest: int, noun: str) -> str:
    """The name as it is stored. *namesakes* are the rows among which it must be unique. Raises UnableToName."""
    name = name.strip()
    if not 1 <= len(name) <= longest or "\x00" in name:
        raise UnableToName(
            _("The name of a %(noun)s has 1 to %(longest)s characters; this one has %(name)s.")
            % {"noun": noun, "longest": longest, "name": len(name)}
        )
    if namesakes.filter(name__iexact=name).exists():
        raise UnableToName(
            _("There is already a %(noun)s called “%(name)s”. Choose another name.") % {"noun": noun, "name": name}
        )
    return name
