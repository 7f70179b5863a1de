"""Rows of the permission matrix: credits."""

from tests.permission_world import Row

CREDIT_ROWS: dict[str, list[Row]] = {
    #                        Adm Man Sup Aud Int vis oth
    "credits:overview": [Row("200 403 403 403 403 302 200")],
}
