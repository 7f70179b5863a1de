from django.urls import path, re_path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("switch-company/", views.switch_company, name="switch_company"),
    path("profile/", views.profile, name="profile"),
    re_path(
        r"^accounts/(?:signup|email|confirm-email|password/set|login/code|social|3rdparty)(?:/|$)",
        views.closed,
        name="closed",
    ),
]
