"""Rows of the permission matrix: saved views and the command palette. The view is the manager's, and shared."""

from typing import Any

from tests.permission_world import EVERY_MEMBER, Row

OF_ANOTHER_COMPANY = "302 302 302 302 302 302 404"


def _view(**data: Any) -> list[Row]:
    return [Row(OF_ANOTHER_COMPANY, lambda world: [world.saved_view.pk], "POST", data)]


LIST_ROWS: dict[str, list[Row]] = {
    "summaries:palette": [Row(EVERY_MEMBER)],
    "summaries:views": [Row(EVERY_MEMBER)],
    "summaries:view_new": [Row("302 302 302 302 302 302 302", method="POST", data={"name": "Mine", "list": "reports"})],
    "summaries:view_save": _view(query="state=FAILED"),
    "summaries:view_change": _view(name="Renamed"),
    "summaries:view_delete": _view(),
    "summaries:view_begin": _view(),
}
