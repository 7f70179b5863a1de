from django.urls import path, re_path

from accounts import views
from accounts.sign_in import single_sign_on
from accounts.sign_in import views as sign_in

app_name = "accounts"

urlpatterns = [
    path("switch-company/", views.switch_company, name="switch_company"),
    path("language/", views.choose_language, name="choose_language"),
    path("profile/", views.profile, name="profile"),
    path("profile/access/", views.own_access, name="own_access"),
    path("members/<str:key>/access/", views.member_access, name="member_access"),
    path("disclosures/", views.disclosure_list, name="disclosures"),
    path("disclosures/mode/", views.works_council, name="works_council"),
    path("disclosures/<str:key>/", views.decide_disclosure, name="decide_disclosure"),
    path("roles/matrix/", views.role_matrix, name="role_matrix"),
    path("webhooks/", views.webhook_list, name="webhooks"),
    path("webhooks/new/", views.webhook_new, name="webhook_new"),
    path("webhooks/<int:key>/", views.webhook, name="webhook"),
    path("webhooks/<int:key>/change/", views.webhook_change, name="webhook_change"),
    path("webhooks/<int:key>/switch/", views.webhook_switch, name="webhook_switch"),
    path("webhooks/<int:key>/test/", views.webhook_test, name="webhook_test"),
    path("webhooks/<int:key>/secret/", views.webhook_secret, name="webhook_secret"),
    path("webhooks/<int:key>/delete/", views.webhook_delete, name="webhook_delete"),
    path("webhooks/deliveries/<int:key>/", views.webhook_delivery, name="webhook_delivery"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("accounts/sign-ins/", sign_in.sign_ins, name="sign_ins"),
    path("accounts/sign-ins/end/", sign_in.end_sign_in, name="end_sign_in"),
    path("accounts/single-sign-on/", single_sign_on.sign_on, name="sign_on"),
    path("accounts/single-sign-on/again/", single_sign_on.sign_on_again, name="sign_on_again"),
    path("accounts/single-sign-on/<slug:slug>/callback/", single_sign_on.callback, name="sign_on_callback"),
    path("accounts/single-sign-on/<slug:slug>/acs/", single_sign_on.acs, name="sign_on_acs"),
    path("accounts/single-sign-on/<slug:slug>/finish/", single_sign_on.finish, name="sign_on_finish"),
    path("accounts/single-sign-on/<slug:slug>/metadata/", single_sign_on.metadata, name="sign_on_metadata"),
    re_path(
        r"^accounts/(?:signup|email|confirm-email|password/set|login/code|social|3rdparty)(?:/|$)",
        views.closed,
        name="closed",
    ),
]
