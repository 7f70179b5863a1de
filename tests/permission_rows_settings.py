"""Rows of the permission matrix: AI settings, tab by tab, and the set-up list."""

from tests.permission_world import Row, World

#                 Adm Man Sup Aud Int vis oth
_ADMINISTRATORS = "200 403 403 403 403 302 200"
_INTEGRATORS = "   200 403 403 403 200 302 200"
_REFUSED = "       422 403 403 403 403 302 422"
_SENT = "          302 403 403 403 403 302 302"
_MISSING = "       404 403 403 403 403 302 404"


def _tab(name: str, expected: str = _ADMINISTRATORS, **data: str) -> Row:
    def args(_: World) -> list[object]:
        return [name]

    return Row(expected, args, "POST" if data else "GET", data)


SETTINGS_ROWS: dict[str, list[Row]] = {
    "summaries:ai_settings": [
        Row(_ADMINISTRATORS),
        Row(_SENT, method="POST"),
        Row(_SENT, method="POST", data={"do": "deactivate"}),
    ],
    "summaries:ai_settings_tab": [
        *(
            _tab(name)
            for name in ("outgoing", "incoming", "engine", "language", "conditions", "review", "retention", "check")
        ),
        *(_tab(name, _REFUSED, version="x") for name in ("outgoing", "incoming", "engine", "language", "conditions")),
        _tab("engine", _ADMINISTRATORS.replace("200", "422"), do="test"),
        _tab("conditions", _REFUSED, do="preview"),
        _tab("retention", _REFUSED, keep_logs_days="0"),
        _tab("retention", _SENT, do="hold"),
        _tab("retention", _MISSING, do="lift", hold="0"),
        _tab("redaction"),
        _tab("redaction", _REFUSED, do="save"),
        _tab("redaction", _REFUSED, do="try"),
        _tab("redaction", _SENT, do="switch", version="0"),
        _tab("redaction", _SENT, do="remove", version="0"),
        _tab("nothing", _MISSING),
    ],
    "summaries:report_formats": [
        Row(_INTEGRATORS),
        Row(_INTEGRATORS.replace("200", "422"), method="POST"),
    ],
    "summaries:report_format_save": [
        Row("405 405 405 405 405 302 405"),
        Row(_INTEGRATORS.replace("200", "302"), method="POST"),
    ],
    "summaries:report_format_delete": [
        Row("405 405 405 405 405 302 405", lambda world: [world.report_mapping.pk]),
        Row("302 403 403 403 302 302 404", lambda world: [world.report_mapping.pk], "POST"),
    ],
    "summaries:teamviewer": [
        Row(_INTEGRATORS),
        Row(_INTEGRATORS.replace("200", "422"), method="POST"),
    ],
    "summaries:setup": [
        Row("405 405 405 405 405 302 405"),
        Row(_SENT, method="POST"),
    ],
}
