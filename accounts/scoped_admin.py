"""The only way an admin page reaches a company's rows."""
# ruff: noqa: ARG002 - the signatures are the framework's

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import (
    BadRequest,
    FieldDoesNotExist,
    ImproperlyConfigured,
    PermissionDenied,
    ValidationError,
)
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import records
from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.reauthentication import recently_authenticated_to_send
from accounts.tenancy import CompanyOwned, holds
from insights_portal.admin_site import Card
from insights_portal.lib.fields import RowsField, fits_a_key

#: Counting stops here: an exact count of a million rows costs more than the page.
COUNT_CAP = 10_000


def rows_of_company(model: type[models.Model], request: HttpRequest) -> models.QuerySet[Any]:
    """The rows of *model* that this request may offer or accept: visible to the member, in the current company."""
    company: Company = request.company  # type: ignore[attr-defined]
    rows: Any = model._default_manager.all()
    if issubclass(model, CompanyOwned):
        return rows.visible_to(request.user).filter(company=company)  # type: ignore[no-any-return]
    if model is User:
        return rows.filter(memberships__company=company)  # type: ignore[no-any-return]
    if model is Company:
        return rows.filter(pk=company.pk)  # type: ignore[no-any-return]
    raise ImproperlyConfigured(f"{model.__name__} belongs to no company: its rows cannot be offered for a choice.")


def yes_or_no(field: str, description: Any) -> Any:
    """A column that says Yes or No; the framework shows a coloured icon whose only word is True or False."""

    @admin.display(description=description, ordering=field)
    def told(row: Any) -> str:
        return _("Yes") if getattr(row, field) else _("No")

    told.__name__ = field
    return told


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        counted: int = rows.order_by()[: COUNT_CAP + 1].count()
        return min(counted, COUNT_CAP)


class CompanyRelatedFilter(admin.RelatedFieldListFilter):
    """A filter by a related row that lists the current company's rows only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_value_display = format_html(_("{kind}: none"), kind=capfirst(self.title))

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(row.pk), str(row)) for row in rows_of_company(field.related_model, request)]


class CompanyScopedForm(forms.ModelForm):  # type: ignore[type-arg]
    """Checks a row as a whole, with its company, and accepts no other company's rows."""

    company: ClassVar[Company]
    actor: ClassVar[User]
    #: What the domain said when it was asked to save; see CompanyScopedAdmin.changeform_view.
    refusal: ClassVar[str | None]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and isinstance(self.instance, CompanyOwned):
            self.instance.company = self.company

    def _get_validation_exclusions(self) -> set[str]:
        # Names are unique within the company: without it the constraint would answer with a server error.
        return super()._get_validation_exclusions() - {"company"}  # type: ignore[misc, no-any-return]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for name, value in values.items():
            rows = value if isinstance(value, models.QuerySet) else [value]
            if any(isinstance(row, CompanyOwned) and row.company_id != self.company.pk for row in rows):
                self.add_error(name, ValidationError(_("There is no such record here.")))
        if self.refusal:
            raise ValidationError(self.refusal)
        return values


class CompanyScopedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Base of every ModelAdmin over a company's rows.

    Another company's row is a 404, a missing permission a 403; operators and superusers get no short cut. A subclass
    names the permissions; None means that nobody may. `refusals` are the domain's exceptions that become form errors.
    """

    view_permissions: ClassVar[tuple[Permission, ...]] = ()
    add_permission: ClassVar[Permission | None] = None
    change_permission: ClassVar[Permission | None] = None
    delete_permission: ClassVar[Permission | None] = None
    refusals: ClassVar[tuple[type[Exception], ...]] = (records.UnableToDeleteRecord,)
    #: Whether adding, changing, deleting and actions ask for a recent sign-in or confirmation.
    needs_reauthentication: ClassVar[bool] = False
    #: Where the overview shows it, and what it says there.
    overview_group: ClassVar[str | Promise] = gettext_lazy("Company")
    overview_help: ClassVar[str | Promise] = ""
    overview_counts: ClassVar[bool] = True
    #: What deleting such a row is called.
    delete_word: ClassVar[str | Promise] = gettext_lazy("Delete")

    form = CompanyScopedForm
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    list_per_page = 50
    view_on_site = False
    exclude: ClassVar[Any] = ("company",)

    # Permissions

    def _may(self, request: HttpRequest, permission: Permission | None, obj: Any = None) -> bool:
        company: Company | None = getattr(request, "company", None)
        if company is None or permission is None:
            return False
        if obj is not None and self.company_id_of(obj) != company.pk:
            return False
        return holds(request.user, permission, company.pk)

    def company_id_of(self, obj: Any) -> int:
        return obj.company_id  # type: ignore[no-any-return]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        wanted = (*self.view_permissions, self.change_permission)
        return any(self._may(request, permission, obj) for permission in wanted)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request, self.add_permission)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.change_permission, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.delete_permission, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    # Rows

    def get_urls(self) -> list[Any]:
        # The nameless one redirects addresses of a framework that this portal never used.
        urls = [url for url in super().get_urls() if url.name]
        for url in urls if self.needs_reauthentication else ():
            url.callback = recently_authenticated_to_send(url.callback)
        return urls

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = rows_of_company(self.model, request)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied(_("Your roles do not include what this page needs. Ask an administrator for it."))
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404(_("There is no such record here."))
        return found

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = rows_of_company(db_field.related_model, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = rows_of_company(db_field.related_model, request)
        return super().formfield_for_manytomany(db_field, request, **{"form_class": RowsField, **kwargs})

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [self._scoped_filter(item) for item in super().get_list_filter(request)]

    def _scoped_filter(self, item: Any) -> Any:
        if not isinstance(item, str):
            return item
        try:
            field = self.model._meta.get_field(item)
        except FieldDoesNotExist as error:
            raise ImproperlyConfigured(f"{item} reaches into another table: name a filter class for it.") from error
        return (item, CompanyRelatedFilter) if field.is_relation else item

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        known = {
            "company": request.company,  # type: ignore[attr-defined]
            "actor": request.user,
            "refusal": getattr(request, "refusal", None),
        }
        return type(form.__name__, (form,), known)

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
        if not all(fits_a_key(key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest(_("The selection can’t be read. Go back to the list and select again."))
        return super().response_action(request, *args, **kwargs)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        # It deletes past the domain; a row's own page deletes through it.
        actions.pop("delete_selected", None)
        return actions

    def overview_card(self, request: HttpRequest) -> Card | None:
        """How the overview shows it to whoever may see it."""
        if not self.has_view_permission(request):
            return None
        return Card(
            group=str(self.overview_group),
            title=capfirst(str(self.opts.verbose_name_plural)),
            url=self._address("changelist"),
            help=str(self.overview_help),
            count=CappedPaginator(self.get_queryset(request), 1).count if self.overview_counts else None,
        )

    # Saving: one domain call

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        permission = self.change_permission if change else self.add_permission
        records.save_record(record=obj, permission=permission, actor=request.user, at=timezone.now())  # type: ignore[arg-type]

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        records.delete_record(
            record=obj,
            permission=self.delete_permission,  # type: ignore[arg-type]
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the form; where the domain refuses, nothing is saved and the same form comes back with the reason."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except self.refusals as error:
            request.refusal = str(error)  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, {"delete_word": self.delete_word, **(extra_context or {})})
        except self.refusals as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self._address("change", object_id))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """An object's history is its part of the audit log."""
        found = self.get_object(request, object_id)
        key = getattr(found, "public_id", found.pk)
        log = reverse(f"{self.admin_site.name}:accounts_auditentry_changelist")
        return HttpResponseRedirect(f"{log}?object_type={self.opts.model_name}&object_id={key}")

    def _address(self, page: str, *args: Any) -> str:
        return reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)

    # The audit log tells what happened; Django's own log knows no company.

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None
