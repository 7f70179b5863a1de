"""Rows of the permission matrix: deletion by hand, legal holds and personal data."""

from tests.permission_world import Row, World


def _session(world: World) -> list[object]:
    return [world.session.number]


def _deletion(what: str, expected: str) -> list[Row]:
    def args(world: World) -> list[object]:
        return [world.session.number, what]

    return [Row(expected, args), Row(expected.replace("200", "302"), args, "POST")]


def _api(expected: str) -> list[Row]:
    return [Row(expected, lambda world: [world.session.public_id], "DELETE")]


def _restored(expected: str) -> list[Row]:
    return [Row(expected, lambda world: [world.session.public_id], "POST")]


def _nothing(world: World) -> list[object]:
    """A record that is not in the trash: whoever may ask is told so."""
    return [world.session.number, 4711]


#                  Adm Man Sup Aud Int vis oth
_ADMINISTRATORS = "200 403 403 403 403 302 200"
_SENT = "          302 403 403 403 403 302 302"

REMOVAL_ROWS: dict[str, list[Row]] = {
    "summaries:legal_holds": [Row("200 403 403 200 403 302 200")],
    "summaries:legal_hold_place": [Row(_SENT, method="POST")],
    "summaries:legal_hold_lift": [Row("404 403 403 403 403 302 404", lambda world: [4711], "POST")],
    "summaries:session_hold": [Row("302 403 403 403 403 302 404", _session, "POST")],
    "summaries:session_delete": [
        *_deletion("log", "200 403 403 403 403 302 404"),
        *_deletion("summary", "200 200 403 403 403 302 404"),
        *_deletion("report", "200 403 403 403 403 302 404"),
    ],
    "summaries:data_subjects": [Row(_ADMINISTRATORS)],
    "summaries:data_subject_download": [Row(_SENT, method="POST")],
    "summaries:data_subject_erase": [Row(_SENT), Row(_SENT, method="POST")],
    "api:session-log": _api("409 403 403 403 403 401 404"),
    "summaries:trash": [Row("200 200 403 403 403 302 200")],
    "summaries:trash_restore": [Row("302 302 403 403 403 302 404", _nothing, "POST")],
    "summaries:trash_delete": [
        Row("302 302 403 403 403 302 404", _nothing),
        Row("302 302 403 403 403 302 404", _nothing, "POST"),
    ],
    "api:session-restore": _restored("409 403 403 403 403 401 404"),
    "api:session-log-restore": _restored("409 403 403 403 403 401 404"),
    "api:session-summary-restore": _restored("409 409 403 403 403 401 404"),
}
#: More rows of addresses that stand in the table already.
MORE_ROWS: dict[str, list[Row]] = {
    "api:session-detail": _api("200 403 403 403 403 401 404"),
    "api:session-generate": _api("200 200 403 403 403 401 404"),
}
