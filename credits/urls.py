from django.urls import path

from credits.views import (
    ledger,
    operator_companies,
    operator_orders,
    operator_packs,
    orders,
    overview,
    payment_notices,
    use,
)

app_name = "credits"

urlpatterns = [
    path("credits/", overview.page, name="overview"),
    path("credits/mode/", overview.mode, name="mode"),
    path("credits/ledger/", ledger.page, name="ledger"),
    path("credits/ledger.csv", ledger.download, name="ledger_csv"),
    path("credits/use/", use.page, name="use"),
    path("credits/use.csv", use.download, name="use_csv"),
    path("credits/orders/", orders.order_list, name="orders"),
    path("credits/orders/new/", orders.choose_pack, name="order_packs"),
    path("credits/orders/new/<int:pack_id>/", orders.order_pack, name="order_pack"),
    path("credits/orders/O-<int:number>/", orders.order_page, name="order"),
    path("credits/orders/O-<int:number>/receipt.pdf", orders.receipt, name="receipt"),
    path("credits/orders/O-<int:number>/refund.pdf", orders.receipt, {"kind": "refund"}, name="refund_receipt"),
    path("credits/orders/O-<int:number>/cancel/", orders.cancel, name="order_cancel"),
    path("credits/orders/O-<int:number>/pay/", orders.pay, name="order_pay"),
    path("credits/payment-notices/", payment_notices.payment_notice, name="payment_notice"),
    path("operator/orders/", operator_orders.order_list, name="operator_orders"),
    path("operator/orders/O-<int:number>/", operator_orders.order_page, name="operator_order"),
    path("operator/orders/O-<int:number>/receipt.pdf", operator_orders.receipt, name="operator_receipt"),
    path(
        "operator/orders/O-<int:number>/refund.pdf",
        operator_orders.receipt,
        {"kind": "refund"},
        name="operator_refund_receipt",
    ),
    path("operator/orders/O-<int:number>/<slug:action>/", operator_orders.change_order, name="operator_order_change"),
    path("operator/packs/", operator_packs.pack_list, name="operator_packs"),
    path("operator/packs/new/", operator_packs.new_pack, name="operator_pack_new"),
    path("operator/packs/<int:pack_id>/", operator_packs.change_pack, name="operator_pack"),
    path("operator/companies/", operator_companies.company_list, name="operator_companies"),
    path("operator/companies/<int:key>/plan/", operator_companies.set_plan, name="operator_plan"),
]
