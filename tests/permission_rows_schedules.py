"""Rows of the permission matrix: saved views by mail. The schedule is the manager's own, of the shared view."""

from typing import Any

from tests.permission_world import EVERY_MEMBER, Row

#                Adm Man Sup Aud Int vis oth
_OWN_ONLY = "    404 302 404 404 404 302 404"
_READ = "        404 200 404 404 404 302 404"


def _schedule(expected: str = _OWN_ONLY, method: str = "POST", **data: Any) -> list[Row]:
    return [Row(expected, lambda world: [world.schedule.public_id], method, data)]


SCHEDULE_ROWS: dict[str, list[Row]] = {
    "summaries:schedules": [Row(EVERY_MEMBER)],
    "summaries:schedule_new": [Row(EVERY_MEMBER), Row(EVERY_MEMBER, method="POST")],
    "summaries:schedule": [
        *_schedule(_READ, "GET"),
        *_schedule(_READ.replace("200", "409"), "POST", form="CSV"),
    ],
    "summaries:schedule_pause": _schedule(do="resume"),
    "summaries:schedule_leave": _schedule(),
    "summaries:schedule_delete": _schedule(),
    "summaries:schedule_leave_link": [
        Row("404 404 404 404 404 404 404", lambda _: ["forged"]),
        Row("404 404 404 404 404 404 404", lambda _: ["1:forged"], "POST"),
    ],
}
