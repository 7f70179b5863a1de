from django.urls import path

from credits.views import ledger, overview, use

app_name = "credits"

urlpatterns = [
    path("", overview.page, name="overview"),
    path("mode/", overview.mode, name="mode"),
    path("ledger/", ledger.page, name="ledger"),
    path("ledger.csv", ledger.download, name="ledger_csv"),
    path("use/", use.page, name="use"),
    path("use.csv", use.download, name="use_csv"),
]
