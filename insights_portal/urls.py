from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("", include("summaries.urls")),
    path("accounts/", include("allauth.urls")),
    path("company/", admin.site.urls),
]
