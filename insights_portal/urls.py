from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    # Programs ask far more often than people: their addresses are not looked for behind those of all pages.
    path("api/v1/", include("insights_portal.api.urls")),
    path("", include("accounts.urls")),
    path("", include("summaries.urls")),
    path("", include("policies.urls")),
    path("", include("credits.urls")),
    path("accounts/", include("allauth.urls")),
    path("company/", admin.site.urls),
]
