"""Saving lists as views, and changing, sharing and deleting them."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.administrators import lock_company
from accounts.models import Company, User
from insights_portal.lib.text import show_controls
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.views.queries import may_change
from summaries.enums import SessionList
from summaries.models import DefaultView, SavedView

MAX_VIEWS = 50
MAX_NAME_CHARS = 60
MAX_QUERY_CHARS = 2_000


class UnableToSaveView(Exception):
    """The view was not saved; the sentence says why, and what can be done."""


class NotYourView(Exception):
    """Only its owner, or an administrator where it is shared, may change it."""


def save_view(
    *,
    company: Company,
    actor: User,
    list_name: SessionList,
    name: str,
    filters: SessionFilters,
    is_shared: bool,
    at: datetime,
) -> SavedView:
    """Keep *filters*, columns and order included, under *name*. Raises UnableToSaveView."""
    kept = _kept(filters)
    with transaction.atomic():
        lock_company(company=company)
        own = SavedView.objects.filter(company=company, owner=actor)
        if own.count() >= MAX_VIEWS:
            raise UnableToSaveView(
                _("You have %(most)s views, which is the most. Delete one that you no longer need.")
                % {"most": MAX_VIEWS}
            )
        named = _checked_name(name, company=company, owner=actor)
        view: SavedView = SavedView.objects.create(
            company=company,
            owner=actor,
            name=named,
            list_name=list_name,
            is_shared=is_shared,
            created_at=at,
            changed_at=at,
            **kept,
        )
        if is_shared:
            _record("saved_view.shared", view, actor=actor, at=at)
    return view


def change_view(
    *,
    view: SavedView,
    actor: User,
    at: datetime,
    filters: SessionFilters | None = None,
    name: str | None = None,
    is_shared: bool | None = None,
) -> SavedView:
    """Change what is given. Raises NotYourView, UnableToSaveView."""
    kept = _kept(filters) if filters is not None else {}
    with transaction.atomic():
        current = _held_to_change(view, actor=actor)
        was_shared = current.is_shared
        if name is not None:
            kept["name"] = _checked_name(name, company=current.company, owner=current.owner, but=current)
        if is_shared is not None:
            kept["is_shared"] = is_shared
        for field, value in kept.items():
            setattr(current, field, value)
        current.changed_at = at
        current.save(update_fields=[*kept, "changed_at"])
        if was_shared and not current.is_shared:
            # Nobody else's list begins with what they can no longer open.
            DefaultView.objects.filter(view=current).exclude(user=current.owner).delete()
        if was_shared or current.is_shared:
            _record(_changed_action(was_shared, current.is_shared), current, actor=actor, at=at)
    return current


def delete_view(*, view: SavedView, actor: User, at: datetime) -> None:
    """Delete it, and take it from the lists that begin with it. Raises NotYourView, UnableToSaveView."""
    with transaction.atomic():
        current = _held_to_change(view, actor=actor)
        if current.is_shared:
            _record("saved_view.deleted", current, actor=actor, at=at)
        current.delete()


def begin_with(*, view: SavedView, member: User) -> None:
    """From now on the member's list begins with *view*, which they may open. Raises UnableToSaveView."""
    with transaction.atomic():
        current = _held(view)
        DefaultView.objects.update_or_create(
            company=current.company, user=member, list_name=current.list_name, defaults={"view": current}
        )


def begin_plainly(*, company: Company, member: User, list_name: str) -> None:
    """From now on the member's list begins with no view."""
    DefaultView.objects.filter(company=company, user=member, list_name=list_name).delete()


def _kept(filters: SessionFilters) -> dict[str, Any]:
    """What a view keeps of *filters*. Raises UnableToSaveView."""
    query = filters.changed(view="", sort="", columns="").query()
    if len(query) > MAX_QUERY_CHARS:
        raise UnableToSaveView(_("The view has too many filters to be saved. Remove some of them."))
    return {"query": query, "columns": filters.columns.split(",") if filters.columns else [], "sort": filters.sort}


def _checked_name(name: str, *, company: Company, owner: User, but: SavedView | None = None) -> str:
    """*name* as it is stored. Raises UnableToSaveView."""
    cleaned = " ".join(show_controls(name).split())
    if not cleaned:
        raise UnableToSaveView(_("Give the view a name."))
    if len(cleaned) > MAX_NAME_CHARS:
        raise UnableToSaveView(_("A name has %(most)s characters at most.") % {"most": MAX_NAME_CHARS})
    same = SavedView.objects.filter(company=company, owner=owner, name=cleaned)
    if same.exclude(pk=but.pk if but else None).exists():
        raise UnableToSaveView(_("There is a view “%(name)s” already. Choose another name.") % {"name": cleaned})
    return cleaned


def _held(view: SavedView) -> SavedView:
    """The view as it stands now, until the transaction ends. Raises UnableToSaveView."""
    lock_company(company=view.company)
    current: SavedView | None = SavedView.objects.select_related("company", "owner").filter(pk=view.pk).first()
    if current is None:
        raise UnableToSaveView(_("This view was deleted meanwhile. Save the list under a new name."))
    return current


def _held_to_change(view: SavedView, *, actor: User) -> SavedView:
    """The same, for who may change it. Raises NotYourView, UnableToSaveView."""
    current = _held(view)
    if not may_change(view=current, viewer=actor):
        raise NotYourView(
            _("Only its owner or an administrator can change this view. Save it under a name of your own.")
        )
    return current


def _changed_action(was_shared: bool, is_shared: bool) -> str:
    if was_shared == is_shared:
        return "saved_view.changed"
    return "saved_view.shared" if is_shared else "saved_view.withdrawn"


def _record(action: str, view: SavedView, *, actor: User, at: datetime) -> None:
    # The filters stay out: what is searched for may be a name or an address.
    audit.record(company=view.company, actor=actor, action=action, target=view, at=at, details={"view": view.name})
