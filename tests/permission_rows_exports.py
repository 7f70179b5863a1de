"""Rows of the permission matrix: lists of sessions as files, and how service reports look."""

from tests.permission_world import Row, World

#                 Adm Man Sup Aud Int vis oth
_READERS = "       200 200 200 200 200 302 200"
_GET_ONLY = "      405 405 405 405 405 302 405"
_ADMINISTRATORS = "200 403 403 403 403 302 200"


def _kind(name: str, expected: str = _READERS) -> Row:
    def args(_: World) -> list[object]:
        return [name]

    return Row(expected, args)


EXPORT_ROWS: dict[str, list[Row]] = {
    "summaries:sessions_export": [Row(_READERS), Row(_GET_ONLY, method="POST")],
    "summaries:sessions_export_file": [
        _kind("csv"),
        _kind("xlsx"),
        _kind("jsonl"),
        _kind("pdf", _READERS.replace("200", "404")),
    ],
    "api:session-export": [
        Row(_READERS.replace("302", "401"), lambda _: ["csv"]),
        Row(_READERS.replace("302", "401").replace("200", "404"), lambda _: ["pdf"]),
        Row(_GET_ONLY.replace("302", "405"), lambda _: ["csv"], "POST"),
    ],
    "summaries:monthly_report": [Row(_READERS), Row(_GET_ONLY, method="POST")],
    "summaries:monthly_report_file": [
        _kind("csv"),
        _kind("xlsx"),
        _kind("pdf"),
        _kind("jsonl"),
        _kind("json", _READERS.replace("200", "404")),
    ],
    "summaries:report_layout": [Row(_ADMINISTRATORS), Row(_ADMINISTRATORS.replace("200", "422"), method="POST")],
    "summaries:report_layout_frame": [Row(_ADMINISTRATORS)],
    "summaries:report_layout_preview": [Row(_ADMINISTRATORS)],
    "summaries:report_layout_sample": [Row(_GET_ONLY), Row(_ADMINISTRATORS, method="POST")],
    "summaries:report_layout_logo": [
        Row(_GET_ONLY),
        Row(_ADMINISTRATORS.replace("200", "302"), method="POST"),
        Row(_ADMINISTRATORS.replace("200", "302"), method="POST", data={"do": "remove", "version": "0"}),
    ],
}
