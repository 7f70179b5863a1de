from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from insights_portal.api import schema  # noqa: F401 - registers the token's description
from insights_portal.api.problems import NoSuchAddress

app_name = "api"

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="api/docs.html"),
        name="docs",
    ),
    path("", include("summaries.api.urls")),
    path("", include("policies.api.urls")),
    path("", include("credits.api.urls")),
    re_path("", NoSuchAddress.as_view(), name="no_such_address"),
]
