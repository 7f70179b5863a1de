"""What a month's credits were used for: by member, by policy, by device group. Each split adds up to the same total."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Company, User
from credits.domain.history import counted_in
from credits.domain.wording import share_of

#: What a split's rows without a member, policy or group are called.
NOBODY, NO_POLICY, NO_GROUP = gettext_lazy("No member"), gettext_lazy("No policy (outgoing)"), gettext_lazy("No group")
COLUMNS = ("by", "name", "credits", "sessions", "share_percent")


@dataclass(frozen=True, slots=True)
class UseRow:
    """*key* is what the ledger filters by: the member's id, or the name; empty: rows without one."""

    key: str
    name: str
    credits: int
    sessions: int
    #: Of all sessions of the month, from 0 to 1.
    share: float


@dataclass(frozen=True, slots=True)
class Split:
    """*by* is the ledger's filter: `member`, `policy` or `group`."""

    by: str
    label: str
    rows: list[UseRow]

    @property
    def heading(self) -> str:
        return str(_HEADINGS[self.by][0])

    @property
    def caption(self) -> str:
        return str(_HEADINGS[self.by][1])


#: What a split's table is called, above it and by a screen reader: whole, since words for "by" bend what follows.
_HEADINGS = {
    "member": (gettext_lazy("By member"), gettext_lazy("Use by member")),
    "policy": (gettext_lazy("By policy"), gettext_lazy("Use by policy")),
    "group": (gettext_lazy("By device group"), gettext_lazy("Use by device group")),
}


@dataclass(frozen=True, slots=True)
class Use:
    """*credits* were reserved or charged, *sessions* counts metered ones too."""

    month: date
    credits: int
    sessions: int
    splits: list[Split]


def use_of(*, company: Company, month: date, name_of: Callable[[User], str]) -> Use:
    """What *month*, a first day, was used for, in four queries. *name_of*: what whoever reads it calls a member."""
    by_member = _counted(company, month, "member_id")
    users = User.objects.in_bulk([key for key, *_figures in by_member if key is not None])
    names = {pk: name_of(user) for pk, user in users.items()}
    credits, sessions = sum(row[1] for row in by_member), sum(row[2] for row in by_member)
    splits = [
        Split("member", _("Member"), _rows(by_member, sessions, lambda key: names.get(key, str(NOBODY)))),
        Split(
            "policy",
            _("Policy"),
            _rows(_counted(company, month, "policy"), sessions, lambda key: str(key or NO_POLICY)),
        ),
        Split(
            "group",
            _("Device group"),
            _rows(_counted(company, month, "device_group"), sessions, lambda key: str(key or NO_GROUP)),
        ),
    ]
    return Use(month=month, credits=credits, sessions=sessions, splits=splits)


def table_of(use: Use) -> Iterator[tuple[object, ...]]:
    """Rows of a CSV file: the heads, then every row of every split as the page shows it."""
    yield COLUMNS
    for split in use.splits:
        for row in split.rows:
            yield split.label, row.name, row.credits, row.sessions, f"{row.share * 100:.0f}"


def _counted(company: Company, month: date, field: str) -> list[tuple[Any, int, int]]:
    """[(value of *field*, credits, sessions)]"""
    rows = counted_in(company=company, month=month).order_by().values_list(field)
    return list(rows.annotate(credits=Count("grant"), sessions=Count("pk")))


def _rows(counted: list[tuple[Any, int, int]], total: int, called: Callable[[Any], str]) -> list[UseRow]:
    found = [
        UseRow("" if key is None else str(key), called(key), credits, sessions, share_of(sessions, total))
        for key, credits, sessions in counted
    ]
    # By name where figures are alike: an order by id would tell pseudonyms apart.
    return sorted(found, key=lambda row: (-row.sessions, row.name))
