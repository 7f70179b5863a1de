"""Rows of the permission matrix: a summary corrected, restored, rated, copied."""

from typing import Any

from tests.permission_world import Row, World


def _session(expected: str, *, own: str, method: str = "GET") -> list[Row]:
    """The support manager's session, asked for by each role; and by the supporter their own."""
    statuses = expected.split()
    owns = " ".join([*statuses[:2], own, *statuses[3:]])
    return [
        Row(expected, lambda world: [world.session.number], method),
        Row(owns, lambda world: [world.own_session.number], method),
    ]


def _summary(world: World) -> list[Any]:
    return [world.summary.public_id]


def _api(expected: str, method: str) -> list[Row]:
    return [Row(expected, _summary, method)]


#           Adm Man Sup Aud Int vis oth
_EDITORS = "400 400 404 403 403 401 404"
REVIEW_ROWS: dict[str, list[Row]] = {
    "summaries:session_edit": [
        *_session("200 200 404 403 403 302 404", own="200"),
        *_session("409 409 404 403 403 302 404", own="409", method="POST"),
    ],
    "summaries:session_restore": _session("302 302 404 403 403 302 404", own="302", method="POST"),
    "summaries:session_rate": _session("302 302 404 302 302 302 404", own="302", method="POST"),
    "summaries:session_send": [
        *_session("200 200 404 403 200 302 404", own="200"),
        *_session("422 422 404 403 422 302 404", own="422", method="POST"),
    ],
    "summaries:session_text": _session("200 200 404 200 200 302 404", own="200"),
    "api:summary-content": [*_api(_EDITORS, "PUT"), *_api(_EDITORS, "PATCH")],
    "api:summary-review": _api(_EDITORS, "POST"),
    "api:summary-restore": _api(_EDITORS, "POST"),
    "api:summary-approve": _api("400 400 403 403 403 401 404", "POST"),
    "api:summary-rating": _api("400 400 404 400 400 401 404", "PUT"),
    "api:summary-revisions": _api("200 200 404 200 200 401 404", "GET"),
}
