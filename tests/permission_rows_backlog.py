"""Rows of the permission matrix: backlogs. One's own, and for administrators those of the whole company."""

from typing import Any

from summaries.models import Backlog
from tests.conftest import NOW
from tests.permission_world import Row, World


def _backlog(world: World) -> list[Any]:
    """Of the company's administrator, running."""
    made, _ = Backlog.objects.get_or_create(
        company=world.cast.northwind,
        ordered_by=world.cast.alice,
        defaults={"ordered_at": NOW, "engine": "BUILT_IN", "language": "en", "way": "ONE_BY_ONE", "total": 1},
    )
    return [made.public_id]


def _change(what: str) -> Row:
    return Row("302 404 404 403 404 302 404", lambda world: [*_backlog(world), what], "POST")


#                 Adm Man Sup Aud Int vis oth
BACKLOG_ROWS: dict[str, list[Row]] = {
    "summaries:backlogs": [Row("200 200 200 403 200 302 200")],
    "summaries:backlog_order": [
        Row("422 422 422 403 422 302 422", method="POST", data={"query": "since=1999-01-01&until=1999-01-02"})
    ],
    "summaries:backlog": [Row("200 404 404 403 404 302 404", _backlog)],
    "summaries:backlog_progress": [Row("200 404 404 403 404 302 404", _backlog)],
    "summaries:backlog_change": [
        _change("pause"),
        _change("cancel"),
        Row("404 404 404 403 404 302 404", lambda world: [*_backlog(world), "nothing-known"], "POST"),
    ],
}
