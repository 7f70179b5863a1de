from django.urls import path

from credits.api.views import AccountViewSet, EntryViewSet

urlpatterns = [
    path("credits/", AccountViewSet.as_view({"get": "show"}), name="credits"),
    path("credits/entries/", EntryViewSet.as_view({"get": "list"}), name="credit-entries"),
]
