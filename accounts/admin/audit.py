"""The audit log: the list with its filters, one entry, and the export of what the list shows."""
# ruff: noqa: ARG002 - the signatures are the framework's

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.audit_actions import GROUP_WORDS
from accounts.domain.audit_export import KINDS, export_log
from accounts.domain.audit_queries import (
    COUNT_CAP,
    NOBODY,
    AuditFilters,
    audit_page,
    entries_of,
    people_of,
    read_filters,
    tell,
)
from accounts.models import AuditEntry
from accounts.permissions import Permission
from accounts.reauthentication import recently_authenticated
from accounts.scoped_admin import CompanyScopedAdmin
from insights_portal.lib.numbers import grouped

_CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


@admin.register(AuditEntry)
class AuditEntryAdmin(CompanyScopedAdmin):
    view_permissions = (Permission.VIEW_EVENT_LOGS,)
    overview_help = gettext_lazy("Who did what, when and from where. Append-only, and sealed in a chain.")
    overview_counts = False

    list_select_related = ["actor", "seal"]
    ordering = ["-at", "-pk"]

    def get_urls(self) -> list[Any]:
        export = self.admin_site.admin_view(recently_authenticated(self.export_view))
        return [path("export.<slug:kind>", export, name="accounts_auditentry_export"), *super().get_urls()]

    def changelist_view(self, request: Any, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        self._require_view(request)
        filters = read_filters(request.GET.dict())
        entries = entries_of(
            company=request.company, viewer=request.user, filters=filters, zone=timezone.get_current_timezone()
        )
        page = audit_page(entries, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
        people = list(people_of(company=request.company))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Audit log"),
            "page": page,
            "rows": tell(company=request.company, entries=page.entries),
            "count": f"{grouped(COUNT_CAP)}+" if page.count > COUNT_CAP else grouped(page.count),
            "filters": filters,
            "query": filters.address(),
            "chips": _chips(filters, {str(person.pk): str(person) for person in people}),
            "people": [(str(person.pk), str(person)) for person in people],
            "nobody": NOBODY,
            "groups": list(GROUP_WORDS.items()),
        }
        return render(request, "accounts/audit_list.html", context)

    def change_view(
        self, request: Any, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self._require_view(request)
        entry = self.get_object(request, object_id)
        [told] = tell(company=request.company, entries=[entry])
        context = {**self.admin_site.each_context(request), "title": told.title, "told": told, "entry": entry}
        return render(request, "accounts/audit_entry.html", context)

    def export_view(self, request: Any, kind: str) -> Any:
        """What the list shows under the same filters, all of it: `export.csv`, `export.jsonl`."""
        self._require_view(request)
        if kind not in KINDS:
            raise Http404("The audit log is exported as csv or jsonl.")
        at, zone = timezone.now(), timezone.get_current_timezone()
        lines = export_log(
            company=request.company,
            actor=request.user,
            filters=read_filters(request.GET.dict()),
            zone=zone,
            kind=kind,
            at=at,
        )
        name = f"audit-log-{request.company.slug}-{at.astimezone(zone):%Y-%m-%d}.{kind}"
        response = StreamingHttpResponse(lines, content_type=_CONTENT_TYPES[kind])
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _require_view(self, request: HttpRequest) -> None:
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied(_("The audit log is read only: no entry is changed or deleted."))
        if not self.has_view_permission(request):
            raise PermissionDenied(_("Your roles do not include “View event logs”. Ask an administrator for it."))


def _chips(filters: AuditFilters, people: dict[str, str]) -> list[tuple[str, str, str]]:
    """(label, value, address without it) of each filter; both halves of an object are one."""
    labels = {
        "q": _("Search"),
        "person": _("Person"),
        "group": _("Kind"),
        "since": _("From"),
        "until": _("Until"),
    }
    chips = [
        (label, _shown(name, filters, people), f"?{filters.address(**{name: ''})}")
        for name, label in labels.items()
        if name in filters.values()
    ]
    if filters.object_type or filters.object_id:
        shown = " ".join(filter(None, (filters.object_type, filters.object_id)))
        chips.append((_("Object"), shown, f"?{filters.address(object_type='', object_id='')}"))
    return chips


def _shown(name: str, filters: AuditFilters, people: dict[str, str]) -> str:
    value: str = getattr(filters, name)
    if name == "group":
        return str(GROUP_WORDS[value])
    if name != "person":
        return value
    return _("Nobody (the system)") if value == NOBODY else people.get(value, _("not a member"))
