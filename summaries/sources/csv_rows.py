"""What one row of a CSV of events tells, as an event of our JSON Lines."""

import re
from typing import Any

from django.utils.translation import gettext_noop

from summaries.enums import Kind
from summaries.sources.csv_columns import Columns
from summaries.sources.json_event import NotAnEvent

#: What the name of an event begins with, or has in it as a word, and what kind of interaction that is.
_WORDS = (
    (Kind.CLIPBOARD, ("copy", "cut", "paste", "clipboard")),
    (Kind.CLICK, ("click", "mouse", "tap", "doubleclick", "dblclick")),
    (Kind.INPUT, ("type", "typed", "input", "edit", "keystroke", "fill", "change")),
    (Kind.KEY, ("key", "hotkey", "shortcut", "keypress")),
    (Kind.FILE_TRANSFER, ("upload", "download", "transfer")),
)
_KIND_OF = {word: kind for kind, words in _WORDS for word in words}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_TARGET_NAMES = ("name", "innertext", "title", "id", "tagname")
_TARGET_TITLES = (("workbookname", "sheetname"), ("title",))
_TRUE = ("1", "true", "yes", "y")
_MAX_NAME = 200


def event_of(row: list[str], columns: Columns) -> dict[str, Any]:
    """Return the fields of the event that a row tells; its timestamp is left out."""
    event: dict[str, Any] = {name: _cell(row, place) for name, place in columns.fields.items() if name != "timestamp"}
    event["secret"] = event.get("secret", "").casefold() in _TRUE
    if event.get("duration"):
        event["duration"] = _number(event["duration"])
    targets = {name: _cell(row, place) for name, place in columns.targets.items()}
    action = event.get("event", "")
    text = event.get("text", "") or targets.get("value", "")
    target = next((targets[name][:_MAX_NAME] for name in _TARGET_NAMES if targets.get(name)), "")
    doing = f"{action} {target}".strip() if action and target else action or target
    event["text"] = f"{doing}: {text}" if doing and text and text != target else doing or text
    event["title"] = event.get("title", "") or _title(targets)
    if not event.get("kind") and (kind := _kind_of(action)):
        event["kind"] = kind.value
    return event


def check_content(event: dict[str, Any]) -> None:
    """Raise NotAnEvent for a row that tells nothing but a time."""
    if not any(event.get(name) for name in ("text", "title", "app", "event")):
        raise NotAnEvent(gettext_noop("the row has none of text, title, app, event"))


def is_password(row: list[str], columns: Columns) -> bool:
    """Say whether the row tells of a field that hides what is typed."""
    return _cell(row, columns.targets.get("type")).casefold() == "password"


def _cell(row: list[str], place: int | None) -> str:
    return row[place].strip() if place is not None and place < len(row) else ""


def _title(targets: dict[str, str]) -> str:
    for names in _TARGET_TITLES:
        if found := " › ".join(targets[name] for name in names if targets.get(name)):
            return found
    return ""


def _kind_of(action: str) -> Kind | None:
    """Return the kind that the name of an event tells, such as "clickTextField" or "edit_cell"."""
    for word in _WORD.findall(action[:_MAX_NAME])[:3]:
        if kind := _KIND_OF.get(word.casefold()):
            return kind
    return None


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None
