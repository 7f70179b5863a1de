"""The start fails when something goes round the tenancy seam."""

import os
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.db import models
from django.urls import path
from rest_framework.viewsets import ModelViewSet

from accounts.permissions import Permission
from accounts.scoped_admin import CompanyScopedAdmin
from accounts.scoped_api import CompanyScopedViewSet
from accounts.tenancy import CompanyQuerySet
from insights_portal import checks
from policies.models import Device
from summaries.models import SupportSession


class Visible(CompanyQuerySet):
    visible_with = (Permission.VIEW_ALL_REPORTS,)


class VisibleToNobody(CompanyQuerySet):
    pass


def model_with(queryset_class):
    """What the check reads of a model: its name and its default manager."""
    return SimpleNamespace(
        __name__="Thing", _default_manager=SimpleNamespace(all=lambda: queryset_class(model=SupportSession))
    )


def ids(messages):
    return [message.id for message in messages]


def test_the_portal_itself_passes():
    assert checks.check_tenancy_seam(None) == []


def test_model_without_visible_to_fails_the_start():
    assert ids(checks.check_models([model_with(models.QuerySet)])) == ["portal.E001"]


def test_model_that_nobody_may_see_fails_the_start():
    assert ids(checks.check_models([model_with(VisibleToNobody)])) == ["portal.E002"]


def test_model_behind_the_seam_passes():
    assert checks.check_models([model_with(Visible), SupportSession]) == []


def test_plain_admin_fails_the_start():
    plain = {Device: admin.ModelAdmin(Device, admin.site)}

    assert ids(checks.check_admins(plain)) == ["portal.E003"]


def test_inline_of_a_companys_rows_fails_the_start():
    class Inline(admin.TabularInline):
        model = SupportSession

    class WithInline(CompanyScopedAdmin):
        inlines = [Inline]

    assert ids(checks.check_admins({Device: WithInline(Device, admin.site)})) == ["portal.E004"]


def test_viewset_past_the_seam_fails_the_start():
    class Plain(ModelViewSet):
        queryset = SupportSession.objects.all()

    class WithQueryset(CompanyScopedViewSet):
        queryset = SupportSession.objects.all()

    found = checks.viewsets(
        [path("a/", Plain.as_view({"get": "list"})), path("b/", WithQueryset.as_view({"get": "x"}))]
    )

    assert found == {Plain, WithQueryset}
    assert ids(checks.check_views(found)) == ["portal.E005", "portal.E005"]


def test_viewset_behind_the_seam_passes():
    class Scoped(CompanyScopedViewSet):
        queryset_model = SupportSession

    assert checks.check_views([Scoped]) == []


def catalogues_in(folder, settings, **ages):
    """Catalogues of German: the source and, if *ages* names it, the compiled one, that many seconds after the epoch."""
    settings.LOCALE_PATHS = [folder]
    (folder / "de" / "LC_MESSAGES").mkdir(parents=True)
    for ending, age in ages.items():
        file = folder / "de" / "LC_MESSAGES" / f"django.{ending}"
        file.touch()
        os.utime(file, (age, age))


def test_translations_that_are_compiled_pass(tmp_path, settings):
    catalogues_in(tmp_path, settings, po=1000, mo=1000)

    assert checks.check_translations(None) == []


@pytest.mark.parametrize("ages", [{"po": 1000}, {"po": 1000, "mo": 999}])
def test_translations_that_are_not_compiled_are_told(tmp_path, settings, ages):
    catalogues_in(tmp_path, settings, **ages)

    assert ids(checks.check_translations(None)) == ["portal.W007"]
