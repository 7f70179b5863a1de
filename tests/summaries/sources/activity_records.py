"""Writes exports of ActivityWatch, as its server does: newest event first, moments with up to nine digits."""

import json
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 22, 9, 40, tzinfo=UTC)
WINDOW, AFK, TAB = "currentwindow", "afkstatus", "web.tab.current"
EDITOR, STOPWATCH, UNLOCK = "app.editor.activity", "general.stopwatch", "os.lockscreen.unlocks"


def moment(second: float) -> str:
    return (START + timedelta(seconds=second)).isoformat()


def event(second: float, seconds: float, **data: object) -> dict[str, object]:
    return {"id": 7, "timestamp": moment(second), "duration": seconds, "data": data}


def window(second: float, seconds: float, app: str, title: str = "") -> dict[str, object]:
    return event(second, seconds, app=app, title=title)


def here(second: float, seconds: float, status: str = "not-afk") -> dict[str, object]:
    return event(second, seconds, status=status)


def bucket(kind: str, *events: object, client: str = "aw-watcher-window", **fields: object) -> dict[str, object]:
    known = {"id": f"{client}_front-3", "created": moment(0), "name": None, "type": kind, "client": client}
    return known | {"hostname": "front-3", "data": {}} | fields | {"events": list(reversed(events))}


def export(*buckets: dict[str, object]) -> bytes:
    """What the server gives: buckets by their id."""
    return json.dumps({"buckets": {f"{item['id']}-{n}": item for n, item in enumerate(buckets)}}).encode()


def export_list(*buckets: dict[str, object]) -> bytes:
    """What the published schema says."""
    return json.dumps({"buckets": buckets}).encode()
