from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.scoped_admin import CompanyScopedAdmin, CompanyScopedForm, yes_or_no
from summaries.models import Application, IssueType


class KeywordsField(forms.CharField):
    """A list of phrases, written one per line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = (line.strip() for line in (value or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(self.prepare_value(initial)) != self.to_python(data))


class TaxonomyForm(CompanyScopedForm):
    keywords = KeywordsField(
        required=False,
        label=_("Keywords"),
        help_text=_("One word or phrase per line. A session that holds one of them is recognised."),
    )

    class Meta:
        fields = ["name", "keywords", "is_active"]


class TaxonomyAdmin(CompanyScopedAdmin):
    view_permissions = (Permission.MANAGE_COMPANY,)

    def get_deleted_objects(self, objs: Any, request: Any) -> Any:
        """What goes, by name. That summaries lose the label is said beside; the rows that tie it have no names."""
        found, *rest = super().get_deleted_objects(objs, request)
        return [each for each in found if isinstance(each, str)], *rest

    add_permission = change_permission = delete_permission = Permission.MANAGE_COMPANY
    overview_group = _("Summaries")

    form = TaxonomyForm
    fields = ["name", "keywords", "is_active"]
    list_display = ["name", "keyword_count", yes_or_no("is_active", _("active"))]
    list_filter = ["is_active"]
    search_fields = ["name"]
    ordering = ["name", "pk"]

    @admin.display(description=_("keywords"))
    def keyword_count(self, entry: Any) -> int:
        return len(entry.keywords)


@admin.register(IssueType)
class IssueTypeAdmin(TaxonomyAdmin):
    overview_help = _("What kind of problem a session was about, and the words by which it is recognised.")


@admin.register(Application)
class ApplicationAdmin(TaxonomyAdmin):
    overview_help = _("The programs that sessions work with, and the words by which they are recognised.")
