"""Rows of the permission matrix: credits."""

from tests.permission_world import Row

#              Adm Man Sup Aud Int vis oth
_MANAGERS = "  200 403 403 403 403 302 200"
_REDIRECTED = "302 403 403 403 403 302 302"
_WRONG = "     405 405 405 405 405 302 405"
_PROGRAMS = "  200 403 403 403 403 401 200"

CREDIT_ROWS: dict[str, list[Row]] = {
    "credits:overview": [Row(_MANAGERS)],
    "credits:mode": [Row(_WRONG), Row(_REDIRECTED, method="POST", data={"mode": "budget"})],
    "credits:ledger": [Row(_MANAGERS)],
    "credits:ledger_csv": [Row(_MANAGERS)],
    "credits:use": [Row(_MANAGERS)],
    "credits:use_csv": [Row(_MANAGERS)],
    "api:credits": [Row(_PROGRAMS)],
    "api:credit-entries": [Row(_PROGRAMS)],
}
