"""Packs that the operator sells: add, change, stop offering. A pack is never deleted: orders name it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credits.domain import packs
from credits.forms import PackForm
from credits.models import Pack
from credits.views.operator_pages import OperatorRequest, operator_page


@require_safe
@operator_page
def pack_list(request: OperatorRequest) -> HttpResponse:
    rows = [(pack, packs.terms_of(pack)) for pack in packs.all_packs(viewer=request.user)]
    return render(request, "credits/operator_pack_list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@operator_page
def new_pack(request: OperatorRequest) -> HttpResponse:
    form = PackForm(request.POST) if request.method == "POST" else PackForm()
    return _pack_page(request, form, pack=None)


@require_http_methods(["GET", "HEAD", "POST"])
@operator_page
def change_pack(request: OperatorRequest, pack_id: int) -> HttpResponse:
    pack = packs.find_pack(pack_id=pack_id)
    terms = packs.terms_of(pack)
    now = {name: getattr(pack, name) for name in packs.CHANGEABLE} | {"price": terms.net}
    form = PackForm(request.POST) if request.method == "POST" else PackForm(initial=now)
    return _pack_page(request, form, pack=pack)


def _pack_page(request: OperatorRequest, form: PackForm, *, pack: Pack | None) -> HttpResponse:
    if form.is_bound and form.is_valid():
        try:
            saved = _save(request, form, pack)
        except packs.UnableToSavePack as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(
                request, _("“%(name)s” is saved. Orders to come take it as it is now.") % {"name": saved.name}
            )
            return redirect("credits:operator_packs")
    status = 422 if form.is_bound else 200
    return render(request, "credits/operator_pack.html", {"form": form, "pack": pack}, status=status)


def _save(request: OperatorRequest, form: PackForm, pack: Pack | None) -> Pack:
    if pack is None:
        return packs.create_pack(**form.cleaned_data, actor=request.user)
    return packs.change_pack(pack=pack, values=form.cleaned_data, actor=request.user)
