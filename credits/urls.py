from django.urls import path

from credits.views import overview

app_name = "credits"

urlpatterns = [
    path("", overview.page, name="overview"),
]
