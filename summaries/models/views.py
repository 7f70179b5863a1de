from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet, company_ids_with
from summaries.enums import SessionList
from summaries.models.reach import READ_REPORTS


class SavedViewQuerySet(CompanyQuerySet):
    visible_with = READ_REPORTS

    def visible_to(self, user: Any) -> Self:
        """One's own views and the shared ones, of the lists that *user* may open."""
        found = super().visible_to(user)
        if user is None or not user.is_authenticated:
            return found
        reads_summaries = Q(company_id__in=company_ids_with(user, Permission.VIEW_SUMMARIES))
        return found.open_to(user.pk).filter(reads_summaries | ~Q(list_name=SessionList.HOME))

    def open_to(self, member_id: int) -> Self:
        """A member's own ones, and the shared ones."""
        return self.filter(Q(owner_id=member_id) | Q(is_shared=True))


class SavedView(CompanyOwned):
    """A list of sessions as a member wants to see it again: filters, columns and order under a name.

    *query* holds the filters as they stand in an address; who opens the view reads them as their own wish, so that a
    shared view shows nobody more than they may see.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    list_name = models.CharField("list", max_length=10, choices=SessionList)
    query = models.CharField(max_length=2_000, blank=True, help_text="The filters, as in an address: state=FAILED&q=a.")
    columns = models.JSONField(default=list, blank=True, help_text="Codes of the columns shown; none: the list's own.")
    sort = models.CharField(max_length=20, blank=True, help_text="Code of the order; empty: newest first.")
    is_shared = models.BooleanField("shared", default=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "owner", "name"], name="saved_view_name_unique_of_owner"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_name_not_empty"),
        ]
        indexes = [models.Index(fields=["company", "name"], condition=Q(is_shared=True), name="saved_view_shared")]

    def __str__(self) -> str:
        return self.name


class DefaultViewQuerySet(CompanyQuerySet):
    visible_with = READ_REPORTS

    def visible_to(self, user: Any) -> Self:
        return super().visible_to(user).filter(user_id=getattr(user, "pk", None))


class DefaultView(CompanyOwned):
    """With which view a member's list begins."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    list_name = models.CharField("list", max_length=10, choices=SessionList)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="defaults")

    objects = DefaultViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "user", "list_name"], name="default_view_once_per_list"),
        ]

    def __str__(self) -> str:
        return f"{self.list_name}: {self.view_id}"
