from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.adapters import shown_names
from accounts.enums import ApiScope
from accounts.permissions import Permission
from accounts.scoped_api import CompanyScopedViewSet, MemberRequest
from credits.api.serializers import AccountSerializer, EntrySerializer
from credits.domain.account import account_of
from credits.domain.ledger_queries import rows_of, with_names
from credits.enums import EntryKind
from credits.models import Entry
from insights_portal.api.filtering import MomentFilter


class CreditsViewSet(CompanyScopedViewSet):
    queryset_model = Entry
    read_permissions = (Permission.MANAGE_CREDITS,)
    read_scope = ApiScope.CREDITS_READ

    def check_permissions(self, request: Request) -> None:
        """A method that nothing answers is a 405 for whoever is signed in, whatever their roles."""
        if request.user is not None and self.action is None:
            raise MethodNotAllowed(request.method or "")
        super().check_permissions(request)


class AccountViewSet(CreditsViewSet):
    """Credits at a glance."""

    serializer_class = AccountSerializer
    filterset_class = None

    @extend_schema(operation_id="credits_show", responses=AccountSerializer)
    def show(self, request: MemberRequest) -> Response:
        """What is used and available this month, what ends when, the forecast and the alerts."""
        account = account_of(company=request.company, at=timezone.now())
        return Response(AccountSerializer(account, context=self.get_serializer_context()).data)


class EntryFilter(filters.FilterSet):
    """In works-council mode members are found by address only if they are shown by name to whoever asks."""

    type = filters.ChoiceFilter("kind", choices=EntryKind.choices)
    session = filters.CharFilter("reservation__session_label", "iexact", max_length=20, label="Label of a session.")
    session_id = filters.UUIDFilter("reservation__session_id", label="Id of a session.")
    member = filters.CharFilter(method="of_member", max_length=254, label="E-mail address of a session's supporter.")
    grant = filters.NumberFilter("grant", min_value=1, max_value=2**62, label="Id of a grant.")
    entered_after = MomentFilter("at", "gte", label="At this moment or later.")
    entered_before = MomentFilter("at", "lt", label="Earlier than this moment.")

    class Meta:
        model = Entry
        fields: list[str] = []

    def of_member(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:  # noqa: ARG002
        names = shown_names(self.request)
        if names.is_on:
            rows = rows.filter(reservation__member__in=names.shown)
        return rows.filter(reservation__member__email__iexact=value)


class EntryViewSet(CreditsViewSet):
    """The ledger, newest first, each line with the balance after it."""

    serializer_class = EntrySerializer
    filterset_class = EntryFilter

    def get_queryset(self) -> QuerySet[Entry]:
        return with_names(super().get_queryset())

    @extend_schema(operation_id="credits_entries_list", responses=EntrySerializer(many=True))
    def list(self, request: MemberRequest) -> Response:
        """Lines of the ledger. The balance counts every line of the company, whatever is filtered."""
        entries = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        rows = rows_of(company=request.company, entries=list(entries))
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)
