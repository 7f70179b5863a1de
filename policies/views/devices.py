"""Devices in and out as CSV, and what a device's own user turned off."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Permission
from accounts.tenancy import access_or_404
from accounts.views.pages import MemberRequest, portal_page
from insights_portal.lib.numbers import grouped
from policies.domain import device_imports, devices
from policies.domain.device_lists import COLUMNS, MAX_BYTES, UnableToReadList, template_lines
from policies.domain.device_rows import UnableToApply
from policies.domain.queries import device_lines, device_rows, waiting_imports
from policies.enums import ImportState
from policies.forms import DeviceListForm


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(Permission.MANAGE_POLICIES)
def import_devices(request: MemberRequest) -> HttpResponse:
    """Upload a list: all of it is checked, and what it would do is shown before anything is done."""
    form = DeviceListForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return _form(request, DeviceListForm())
    if not form.is_valid():
        return _form(request, form, status=422)
    file = form.cleaned_data["devices"]
    try:
        checked = device_imports.check_list(
            company=request.company,
            file_name=file.name,
            content=file.read(MAX_BYTES + 1),
            actor=request.user,
            at=timezone.now(),
        )
    except (UnableToReadList, UnableToApply) as error:
        form.add_error("devices", str(error))
        return _form(request, form, status=422)
    if checked.waiting:
        return redirect("policies:import", id=checked.waiting.public_id)
    if checked.plan.problem_count:
        return _form(request, form, status=422, plan=checked.plan)
    messages.info(
        request,
        _("Nothing to do: what the file says is stored already (%(unchanged)s unchanged).")
        % {"unchanged": grouped(checked.plan.unchanged)},
    )
    return redirect("admin:policies_device_changelist")


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(Permission.MANAGE_POLICIES)
def checked_import(request: MemberRequest, id: UUID) -> HttpResponse:
    """What a checked list would do; sent, it is done."""
    waiting = access_or_404(waiting_imports(company=request.company, viewer=request.user), public_id=id)
    if request.method == "POST":
        try:
            done = device_imports.apply_import(device_import=waiting, actor=request.user, at=timezone.now())
        except UnableToApply as error:
            messages.error(request, str(error))
            return redirect("policies:import_devices")
        messages.success(
            request,
            _("The list is in. New: %(new_count)s. Changed: %(changed_count)s.")
            % {"new_count": grouped(done.new_count), "changed_count": grouped(done.changed_count)},
        )
        return redirect("admin:policies_device_changelist")
    if waiting.state == ImportState.APPLIED:
        messages.info(request, _("This list is in already."))
        return redirect("admin:policies_device_changelist")
    return render(request, "policies/device_import_checked.html", {"waiting": waiting})


@require_safe
@portal_page(Permission.MANAGE_POLICIES)
def import_template(request: MemberRequest) -> HttpResponseBase:  # noqa: ARG001 - the same for everybody
    return _csv(iter(template_lines()), "devices-template.csv")


@require_safe
@portal_page(Permission.MANAGE_POLICIES)
def export_devices(request: MemberRequest) -> HttpResponseBase:
    """All devices of the company, as the import reads them."""
    return _csv(device_lines(device_rows(company=request.company, viewer=request.user)), "devices.csv")


@require_POST
@portal_page(Permission.MANAGE_POLICIES)
def turn_off_locally(request: MemberRequest, id: UUID) -> HttpResponse:
    """On behalf of the device's own user."""
    device = access_or_404(device_rows(company=request.company, viewer=request.user), public_id=id)
    is_off = request.POST.get("off") == "1"
    try:
        devices.set_locally_off(device=device, is_off=is_off, actor=request.user, at=timezone.now())
    except devices.UnableToTurnOff as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            (_("Turned off on “%(name)s”.") if is_off else _("Turned on again on “%(name)s”.")) % {"name": device},
        )
    return redirect("admin:policies_device_change", device.pk)


def _form(request: MemberRequest, form: DeviceListForm, *, status: int = 200, plan: object = None) -> HttpResponse:
    context = {"form": form, "plan": plan, "columns": COLUMNS}
    return render(request, "policies/device_import.html", context, status=status)


def _csv(lines: Iterator[str], name: str) -> HttpResponseBase:
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
