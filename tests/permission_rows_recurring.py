"""Rows of the permission matrix: overview and recurring problems."""

from typing import Any

from tests.permission_world import EVERY_MEMBER, OWN_OR_NOT, Row


def _group(expected: str) -> list[Row]:
    """The group of the manager's session, and that of the supporter's own."""

    def asked(device: str) -> dict[str, Any]:
        return {"issue_type": lambda world: world.issue_type.name, "device": device, "period": "all"}

    own = expected.split()
    own[2] = own[0]
    return [Row(expected, data=asked("ACC-1042")), Row(" ".join(own), data=asked("ACC-1043"))]


RECURRING_ROWS: dict[str, list[Row]] = {
    "summaries:overview": [Row(EVERY_MEMBER)],
    "summaries:overview_table": [
        Row(EVERY_MEMBER, args=lambda _, table=table: [table])
        for table in ("issue-types", "applications", "outcomes", "supporters", "over-time")
    ],
    "summaries:recurring": [Row(EVERY_MEMBER)],
    "summaries:recurring_group": _group(OWN_OR_NOT),
    "summaries:recurring_article": _group(OWN_OR_NOT),
    "summaries:recurring_article_file": _group("200 200 404 403 200 302 404"),
}
