"""How a list of sessions can be shown: its columns and its orders. Pure."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from summaries.enums import SessionList


@dataclass(frozen=True, slots=True)
class Order:
    """One order of a list: by *column*, then by id. *is_indexed*: an index holds the sessions of a company so.
    *is_text*: by words, of which capital letters make no others; without any comes first.
    """

    column: str
    is_descending: bool
    is_indexed: bool = True
    is_text: bool = False


def _by_words(name: str) -> dict[str, Order]:
    """Both ways, the first one the alphabet's; *name* begins neither's column with that of the sessions themselves."""
    return {
        f"{name}{ending}": Order(f"by_{name}", ending != "", is_indexed=False, is_text=True) for ending in ("", "_down")
    }


#: {code of the address: order}. By what no index holds the database sorts all that the filters find; a session that has
#: not ended has no length. The names of supporters are no order: under pseudonyms it would tell who is who.
ORDERS: dict[str, Order] = {
    "": Order("started_at", True),
    "oldest": Order("started_at", False),
    "number": Order("number", False),
    "number_down": Order("number", True),
    "length": Order("length", False, is_indexed=False),
    "length_down": Order("length", True, is_indexed=False),
    **_by_words("device"),
    **_by_words("remote_user"),
    **_by_words("ticket"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """*style* says from which width on it is shown. *orders*: codes by which it sorts, the first one first."""

    code: str
    label: Any
    style: str = ""
    orders: tuple[str, ...] = ()


_ALL = (
    Column("session", _("Session"), "", ("number_down", "number")),
    Column("device", _("Device"), "nowrap is-middle", ("device", "device_down")),
    Column("supporter", _("Supporter"), "nowrap is-minor"),
    Column("remote_user", _("Remote user"), "is-minor", ("remote_user", "remote_user_down")),
    Column("issue_types", _("Issue types"), "is-minor"),
    Column("applications", _("Applications"), "is-minor"),
    Column("start", _("Start"), "nowrap is-start", ("", "oldest")),
    Column("length", _("Length"), "nowrap is-middle", ("length_down", "length")),
    Column("ticket", _("Ticket"), "nowrap is-minor", ("ticket", "ticket_down")),
    Column("notes", _("Notes"), "is-minor"),
    Column("billing", _("Billing"), "nowrap is-minor"),
    Column("state", _("State")),
)
COLUMNS: dict[str, Column] = {column.code: column for column in _ALL}
#: Always there: it is the way into the session.
FIXED = "session"
#: Of these nothing is told to who may not read summaries.
OF_SUMMARIES = ("issue_types", "applications")
DEFAULT_COLUMNS: dict[SessionList, tuple[str, ...]] = {
    SessionList.HOME: ("session", "device", "supporter", "applications", "start", "length", "state"),
    SessionList.REPORTS: ("session", "device", "supporter", "start", "length", "billing", "state"),
}


def columns_of(*, list_name: SessionList, wish: str, reads_summaries: bool = True) -> tuple[Column, ...]:
    """The columns of a list, in their order. *wish*: codes with commas between; an unknown one counts as absent."""
    asked = {code for code in wish.split(",") if code in COLUMNS}
    chosen = asked | {FIXED} if asked else set(DEFAULT_COLUMNS[list_name])
    if not reads_summaries:
        chosen -= set(OF_SUMMARIES)
    return tuple(column for column in _ALL if column.code in chosen)


def columns_wish(*, list_name: SessionList, codes: tuple[str, ...]) -> str:
    """The codes as an address holds them; empty for the list's own columns."""
    chosen = tuple(column.code for column in _ALL if column.code in codes or column.code == FIXED)
    return "" if chosen == DEFAULT_COLUMNS[list_name] else ",".join(chosen)
