from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.response import Response

from accounts.enums import ApiScope
from accounts.models import ApiToken
from accounts.permissions import Permission
from accounts.scoped_api import MemberRequest
from insights_portal.api.parsers import CappedJSONParser
from summaries.api.base import (
    IDEMPOTENCY_KEY,
    SESSION_ID,
    ApiViewSet,
    SessionScopedViewSet,
    told_as_problems,
)
from summaries.api.filters import SummaryFilter
from summaries.api.idempotency import write_once
from summaries.api.removal import DeletedSerializer, deleted
from summaries.api.summary_serializers import (
    WITHOUT_TEXT,
    GenerateSerializer,
    SummaryDetailSerializer,
    SummarySerializer,
)
from summaries.domain.generation.requests import ask_for_summary
from summaries.domain.keeping.removal import delete_summary
from summaries.domain.reading.reach import reaches
from summaries.domain.reading.release import approval_required_by, held_back
from summaries.models import Summary

#: Filters that ask of a text, and would tell of one that is held back.
OF_TEXTS = {"outcome", "issue_type", "application"}


class SummaryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ApiViewSet):
    """Summaries, each with its evidence: the numbers of the interactions that support a statement."""

    queryset_model = Summary
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    filterset_class = SummaryFilter
    read_permissions = (Permission.VIEW_SUMMARIES,)
    read_scope = ApiScope.SUMMARIES_READ

    def get_queryset(self) -> QuerySet[Summary]:
        rows = super().get_queryset().select_related("session", "reviewed_by", "current")
        if isinstance(self.request.auth, ApiToken) and OF_TEXTS & set(self.request.query_params):
            demanded = approval_required_by(company_id=self.request.company.pk)  # type: ignore[attr-defined]
            rows = rows.exclude(held_back(approval_required=demanded, path=""))
        if self.action == "retrieve":
            rows = rows.select_related("current__author", "current__based_on")
        else:
            rows = rows.defer("current__content", "current__facts")
        return rows.prefetch_related("issue_types", "applications")

    def get_serializer_class(self) -> type[SummarySerializer]:
        return SummaryDetailSerializer if self.action == "retrieve" else SummarySerializer


class GenerateViewSet(SessionScopedViewSet):
    """The summary of one session, asked for by hand."""

    parser_classes = [CappedJSONParser]
    write_scope = ApiScope.SUMMARIES_WRITE
    action_permissions = {
        "generate": Permission.GENERATE_SUMMARIES,
        "remove_summary": Permission.DELETE_SUMMARIES,
    }
    serializer_class = GenerateSerializer

    @extend_schema(responses={202: SummarySerializer}, parameters=[SESSION_ID, IDEMPOTENCY_KEY])
    def generate(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Ask for the summary. It is made in the background; one that is under way is returned as it stands."""
        session = self.get_object()
        said = GenerateSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        at = timezone.now()
        made: list[Summary] = []

        def ask() -> str:
            made.append(ask_for_summary(session=session, actor=request.user, at=at, **said.validated_data))
            return str(made[0].public_id)

        with told_as_problems():
            write_once(request, at=at, write=ask)
        told = SummarySerializer(made[0] if made else session.summary, context=self.get_serializer_context()).data
        if not reaches(user=request.user, permission=Permission.VIEW_SUMMARIES, session=session):
            told |= WITHOUT_TEXT
        return Response(told, status=202)

    @extend_schema(request=None, responses={200: DeletedSerializer}, parameters=[SESSION_ID])
    def remove_summary(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Delete the summary with its revisions; report and session log stay. For 30 days it can be restored."""
        with told_as_problems():
            return deleted(delete_summary(session=self.get_object(), actor=request.user, at=timezone.now()))
