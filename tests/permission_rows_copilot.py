"""Rows of the permission matrix: questions to the copilot."""

from typing import Any
from uuid import UUID

from tests.permission_world import Row, World

#: No question is there: who may ask is told so (404), and who may not learns nothing more.
_NONE = UUID(int=0)


def _session(expected: str, *, own: str, method: str = "GET", ids: tuple[Any, ...] = ()) -> list[Row]:
    """The support manager's session, asked about by each role; and by the supporter their own."""
    statuses = expected.split()
    owns = " ".join([*statuses[:2], own, *statuses[3:]])
    return [
        Row(expected, lambda world: [world.session.number, *ids], method),
        Row(owns, lambda world: [world.own_session.number, *ids], method),
    ]


def _api(expected: str, method: str = "GET", ids: tuple[Any, ...] = ()) -> list[Row]:
    def args(world: World) -> list[Any]:
        return [world.session.public_id, *ids]

    return [Row(expected, args, method)]


#           Adm Man Sup Aud Int vis oth
COPILOT_ROWS: dict[str, list[Row]] = {
    "summaries:session_ask": [
        *_session("200 200 404 403 200 302 404", own="200"),
        *_session("409 409 404 403 409 302 404", own="409", method="POST"),
    ],
    "summaries:session_question": _session("404 404 404 403 404 302 404", own="404", ids=(_NONE,)),
    "summaries:session_question_stop": _session("404 404 404 403 404 302 404", own="404", method="POST", ids=(_NONE,)),
    "api:session-questions": [*_api("200 200 404 403 200 401 404"), *_api("400 400 404 403 400 401 404", "POST")],
    "api:session-question": _api("404 404 404 403 404 401 404", ids=(_NONE,)),
    "api:session-question-stop": _api("404 404 404 403 404 401 404", "POST", ids=(_NONE,)),
}
