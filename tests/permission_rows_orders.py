"""Rows of the permission matrix: orders of credits, and the operator's pages, which are no member's."""

from credits.domain.packs import terms_of
from tests.permission_world import FORBIDDEN, Row, World

#                  Adm Man Sup Aud Int vis oth
_MANAGERS = "      200 403 403 403 403 302 200"
_MANAGERS_OWN = "  200 403 403 403 403 302 404"
_SENT_ON = "       302 403 403 403 403 302 302"
_SENT_ON_OWN = "   302 403 403 403 403 302 404"
_NONE_YET = "      404 403 403 403 403 302 404"
_REFUSED = "       422 403 403 403 403 302 422"
_PAID_BY_INVOICE = _NONE_YET
_PROVIDER_ONLY = " 404 404 404 404 404 404 404"


def _order(world: World) -> list[object]:
    return [world.order.pk]


def _pack(world: World) -> list[object]:
    return [world.order.pack_id]


def _company(world: World) -> list[object]:
    return [world.cast.northwind.pk]


_ORDER_FORM = {
    "request_key": "6f1f7a52-5d5b-4a38-9d64-0c6b1f2a8a11",
    "billing_address": "Harbour Road 12",
    "purchase_reference": "",
    "agreed": lambda world: terms_of(world.order.pack).key,
}

ORDER_ROWS: dict[str, list[Row]] = {
    "credits:orders": [Row(_MANAGERS)],
    "credits:order_packs": [Row(_MANAGERS)],
    "credits:order_pack": [
        Row(_MANAGERS, _pack),
        Row(_REFUSED, _pack, "POST", {"billing_address": ""}),
        Row(_SENT_ON, _pack, "POST", _ORDER_FORM),
        Row(_NONE_YET, lambda _: [10**12]),
    ],
    "credits:order": [Row(_MANAGERS_OWN, _order)],
    "credits:receipt": [Row(_NONE_YET, _order)],
    "credits:refund_receipt": [Row(_NONE_YET, _order)],
    "credits:order_cancel": [Row(_SENT_ON_OWN, _order, "POST", {"reason": "Not needed"})],
    "credits:order_pay": [Row(_PAID_BY_INVOICE, _order, "POST")],
    "credits:payment_notice": [Row(_PROVIDER_ONLY, method="POST", data={"order": "1"})],
    "credits:operator_orders": [Row(FORBIDDEN)],
    "credits:operator_order": [Row(FORBIDDEN, _order)],
    "credits:operator_receipt": [Row(FORBIDDEN, _order)],
    "credits:operator_refund_receipt": [Row(FORBIDDEN, _order)],
    "credits:operator_order_change": [
        Row(FORBIDDEN, change, "POST", {"reason": "Mine", "payment_reference": "1"})
        for change in (
            lambda world: [world.order.pk, "confirm"],
            lambda world: [world.order.pk, "cancel"],
            lambda world: [world.order.pk, "refund"],
        )
    ],
    "credits:operator_packs": [Row(FORBIDDEN)],
    "credits:operator_pack_new": [Row(FORBIDDEN), Row(FORBIDDEN, method="POST", data={"name": "Free"})],
    "credits:operator_pack": [Row(FORBIDDEN, _pack), Row(FORBIDDEN, _pack, "POST", {"price": "0"})],
    "credits:operator_companies": [Row(FORBIDDEN)],
    "credits:operator_plan": [Row(FORBIDDEN, _company, "POST", {"plan": "TENSOR"})],
}
