"""An event of the audit log in words for people, and what changed, readable.

An action that `audit_actions` does not name is shown by its own words (`summary.viewed` → Summary viewed).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.domain.audit_actions import WORDS
from accounts.domain.audit_fields import FIELDS
from accounts.permissions import Permission
from insights_portal.lib.text import show_controls

#: Lazy: their words are those of the reader's language.
_PERMISSIONS: dict[str, Any] = dict(Permission.choices)
#: Fields of entries whose value is a code; capture conditions tell under supporters and devices which of them count.
_CODED = frozenset(
    {
        "access_control",
        "answer",
        "devices",
        "direction",
        "engine",
        "kind",
        "outcome",
        "plan",
        "reason",
        "state",
        "supporters",
    }
)
#: Values of more characters are cut in lists; the entry's own page shows them whole.
_LONGEST = 80
_MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One line of what happened. *before* is None where there is only a value; *added* and *removed* are of lists."""

    name: str
    after: str
    before: str | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        if self.added or self.removed:
            return ", ".join([*(f"+ {each}" for each in self.added), *(f"− {each}" for each in self.removed)])
        shown = f"{self.name}: " + (f"{_cut(self.before)} → " if self.before is not None else "")
        return shown + _cut(self.after)


def title_of(action: str) -> str:
    """*action* in words."""
    known = str(WORDS.get(action, ""))
    return known or capfirst(show_controls(action).replace(".", " ").replace("_", " "))


def changes_of(details: dict[str, Any]) -> list[Change]:
    """What *details* say, line by line: what stayed as it was is left out."""
    return list(_changes(details))


def summary_of(details: dict[str, Any]) -> str:
    """*details* in one short line: whose name it is, and the first changes."""
    changes = [change for change in changes_of(details) if change.name != _field("name") or change.before is not None]
    told = "; ".join(change.told for change in changes[:_MOST_TOLD])
    rest = "; " + _("%(count)s more") % {"count": len(changes) - _MOST_TOLD} if len(changes) > _MOST_TOLD else ""
    return " ".join(filter(None, (_subject(details), told + rest)))


def _subject(details: dict[str, Any]) -> str:
    before = details.get("before")
    name = details.get("name") or (before.get("name") if isinstance(before, dict) else None)
    return _cut(show_controls(name)) if isinstance(name, str) else ""


def _changes(details: dict[str, Any]) -> Iterator[Change]:
    if set(details) == {"before", "after"} and all(isinstance(side, dict) for side in details.values()):
        before, after = details["before"], details["after"]
        for name in [*before, *(name for name in after if name not in before)]:
            if before.get(name) != after.get(name):
                yield _change(name, before.get(name), after.get(name))
        return
    for name, value in details.items():
        if isinstance(value, dict) and set(value) == {"before", "after"}:
            yield _change(name, value["before"], value["after"])
        else:
            yield Change(_field(name), _said(name, value))


def _change(name: str, before: Any, after: Any) -> Change:
    if isinstance(before, list | None) and isinstance(after, list | None):
        old, new = [_text(each) for each in before or ()], [_text(each) for each in after or ()]
        added = tuple(each for each in new if each not in old)
        removed = tuple(each for each in old if each not in new)
        return Change(_field(name), ", ".join(new) or "–", ", ".join(old) or "–", added, removed)
    return Change(_field(name), _said(name, after), _said(name, before))


def _field(name: str) -> str:
    return str(FIELDS[name]) if name in FIELDS else show_controls(name).replace("_", " ")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(value, list):
        return ", ".join(_text(each) for each in value) or "–"
    if isinstance(value, dict):
        return ", ".join(f"{_field(name)} {_text(inner)}" for name, inner in value.items()) or "–"
    text = show_controls(str(value)) if value is not None else ""
    return str(_PERMISSIONS.get(text, text)) or "–"


def _said(name: str, value: Any) -> str:
    """*value* of the field *name*. A name that is spelt like a code stays a name: codes stand in few fields only."""
    if name in _CODED and isinstance(value, str):
        return str(_words_of_codes().get(value, "")) or _text(value)
    return _text(value)


@cache
def _words_of_codes() -> dict[str, Any]:
    """{code: words} of every choice that the portal's models offer: entries keep codes, people read words."""
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    choices = [choice for field in fields for choice in getattr(field, "choices", None) or ()]
    return {code: words for code, words in choices if isinstance(code, str) and code.isupper()}


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
