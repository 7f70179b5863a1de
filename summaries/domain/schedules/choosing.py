"""Whom a schedule may go to: the members that its form shows, and those that somebody types."""

from collections.abc import Collection
from functools import reduce
from operator import or_

from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext as _

from accounts.domain.pseudonyms import SupporterNames
from accounts.models import Company, User
from summaries.domain.reading.queries import members_of
from summaries.domain.schedules.saving import MAX_RECIPIENTS, UnableToSchedule

#: Members that a form shows.
MOST_SHOWN = 200
#: Of a name or an address.
_MOST_CHARS = 254


def choosable(*, company: Company, chosen: Collection[int]) -> tuple[list[User], bool]:
    """(members for the form, are there more). The *chosen* are always among them: what isn't shown can't be kept."""
    is_other = Case(When(pk__in=chosen, then=Value(0)), default=Value(1))
    found = list(members_of(company=company).order_by(is_other, "name", "pk")[: MOST_SHOWN + 1])
    return found[:MOST_SHOWN], len(found) > MOST_SHOWN


def typed_members(*, company: Company, names: SupporterNames, typed: str) -> frozenset[int]:
    """Ids of the members in *typed*, one in a line, by address or by what *names* call them.

    Raises UnableToSchedule.
    """
    lines = (line.strip()[:_MOST_CHARS] for line in typed.replace("\x00", "").splitlines())
    wanted = list(dict.fromkeys(filter(None, lines)))
    if len(wanted) > MAX_RECIPIENTS:
        raise UnableToSchedule(_("Choose %(most)s members at most.") % {"most": MAX_RECIPIENTS})
    if not wanted:
        return frozenset()
    any_of = reduce(or_, (Q(name__iexact=each) | Q(email__iexact=each) for each in wanted))
    people = [each for each in members_of(company=company).filter(any_of) if names.is_shown(each.pk)]
    return frozenset(_one(each, people=people, names=names) for each in wanted)


def _one(wanted: str, *, people: Collection[User], names: SupporterNames) -> int:
    behind = names.user_id_of(wanted)
    if behind is not None:
        return behind
    # An address is one person's; a name may be several people's.
    by_address = [each.pk for each in people if each.email.casefold() == wanted.casefold()]
    found = by_address or [each.pk for each in people if each.name.casefold() == wanted.casefold()]
    if len(found) != 1:
        told = _("“%(typed)s” is not exactly one member. Type the name as the portal shows it, or the e-mail address.")
        raise UnableToSchedule(told % {"typed": wanted[:100]})
    return found[0]
