"""What the entries of the audit log are about, by name, as far as it still exists."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst

from accounts.domain.audit_kinds import KINDS
from accounts.models import AuditEntry, Company
from accounts.tenancy import CompanyOwned
from insights_portal.lib.text import show_controls

#: Digits of a key that every database takes.
_LONGEST_KEY = 18


def kind_of(object_type: str) -> str:
    """What the rows of a model are called; its own name where it is gone."""
    if object_type in KINDS:
        return capfirst(str(KINDS[object_type]))
    model = _models().get(object_type)
    return capfirst(str(model._meta.verbose_name) if model else show_controls(object_type))


def names_of(*, company: Company, entries: Iterable[AuditEntry]) -> dict[tuple[str, str], str]:
    """{(object type, object id): name} of what the entries are about: one query for each type among them.

    What belongs to a session is called by the session's number, because its own name may hold session text.
    """
    wanted: dict[str, set[str]] = {}
    for entry in entries:
        if entry.object_type and entry.object_id:
            wanted.setdefault(entry.object_type, set()).add(entry.object_id)
    return {
        (object_type, key): name
        for object_type, keys in wanted.items()
        for key, name in _names(company, _models().get(object_type), keys).items()
    }


def ids_of_session(*, company: Company, number: int) -> list[str]:
    """The ids under which entries know the session S-*number* and what belongs to it."""
    found: list[str] = []
    for model in _models().values():
        lookup = "number" if _has(model, "number") and _has(model, "public_id") else "session__number"
        if lookup == "number" or (_has(model, "session") and _has(model, "public_id")):
            rows: Any = model._default_manager.filter(company=company, **{lookup: number})
            found += [str(key) for key in rows.values_list("public_id", flat=True)]
    return found


def _models() -> dict[str, type[models.Model]]:
    owned = (model for model in apps.get_models() if issubclass(model, CompanyOwned))
    return {model._meta.model_name or "": model for model in owned}


def _names(company: Company, model: type[models.Model] | None, keys: set[str]) -> dict[str, str]:
    if model is None:
        return {}
    field = "public_id" if _has(model, "public_id") else "pk"
    known = [key for key in keys if _fits(key, is_uuid=field == "public_id")]
    rows: Any = model._default_manager.filter(company=company, **{f"{field}__in": known})
    related = [name for name in ("session", "user", "membership__user") if _has(model, name.split("__")[0])]
    rows = rows.select_related(*related) if related else rows
    return {str(getattr(row, field)): show_controls(str(getattr(row, "session", None) or row)) for row in rows}


def _has(model: type[models.Model], field: str) -> bool:
    try:
        model._meta.get_field(field)
    except FieldDoesNotExist:
        return False
    return True


def _fits(key: str, *, is_uuid: bool) -> bool:
    if not is_uuid:
        return key.isascii() and key.isdigit() and len(key) <= _LONGEST_KEY
    try:
        UUID(key)
    except ValueError:
        return False
    return True
