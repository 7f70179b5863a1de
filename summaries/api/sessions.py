from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.enums import ApiScope
from accounts.permissions import Permission
from accounts.scoped_api import MemberRequest
from insights_portal.api.filtering import asks_for_all
from insights_portal.api.pagination import KeysetPagination
from insights_portal.api.parsers import CappedJSONParser, RawJSONLinesParser, RawJSONParser
from insights_portal.api.renderers import PlainJSONRenderer
from summaries.api.base import (
    DONE_BEFORE,
    IDEMPOTENCY_KEY,
    READ_REPORTS,
    SessionScopedViewSet,
    names_known_to,
    told_as_problems,
)
from summaries.api.filters import SessionFilter
from summaries.api.idempotency import write_once
from summaries.api.interaction_batches import read_batch
from summaries.api.removal import REMOVES, SessionRemoval
from summaries.api.session_rows import describe
from summaries.api.session_serializers import (
    AppendResultSerializer,
    InteractionBatchSerializer,
    InteractionInSerializer,
    InteractionSerializer,
    SessionOpenSerializer,
    SessionSerializer,
)
from summaries.domain import capture
from summaries.domain.imports.intake import choose_supporter
from summaries.domain.reading import timeline
from summaries.domain.reading.plain_sessions import Narrowed, WholeCompany
from summaries.models import SupportSession
from summaries.models.reach import reached_in


class NewestSessionFirst(KeysetPagination):
    """Of `WholeCompany` or `Narrowed`."""

    ordering = ("-started_at", "-pk")

    def take(self, rows: Any, *, order: Sequence[str], position: Sequence[str], count: int) -> "list[Any]":
        return rows.take(order=tuple(order), position=position, count=count)  # type: ignore[no-any-return]


class InOrder(KeysetPagination):
    page_size = 500
    max_page_size = 2_000
    ordering = ("number",)


class SessionViewSet(SessionRemoval, mixins.RetrieveModelMixin, SessionScopedViewSet):
    """Support sessions: reported while they run, or imported; listed whether or not they are summarised."""

    serializer_class = SessionSerializer
    pagination_class = NewestSessionFirst
    filterset_class = SessionFilter
    parser_classes = [CappedJSONParser]
    read_permissions = READ_REPORTS
    read_scope = ApiScope.SESSIONS_READ
    write_scope = ApiScope.SESSIONS_WRITE
    # Bringing a session in is part of making summaries, by page and API alike.
    action_permissions = dict.fromkeys(("create", "append", "end"), Permission.GENERATE_SUMMARIES) | REMOVES

    def get_queryset(self) -> QuerySet[SupportSession]:
        # A batch asks for the session alone, and the list for plain values.
        is_alone = self.action in ("append", "list")
        return super().get_queryset().select_related(None) if is_alone else super().get_queryset()

    def get_renderers(self) -> "list[Any]":
        return [PlainJSONRenderer()] if self.action == "list" else super().get_renderers()

    @extend_schema(responses=SessionSerializer(many=True))
    def list(self, request: MemberRequest) -> Response:
        """Sessions, the newest first."""
        reaches_all = reached_in(request.user, request.company.pk, READ_REPORTS).is_whole_company
        if reaches_all and asks_for_all(request):
            found: Any = WholeCompany(request.company.pk)
        else:
            found = Narrowed(self.filter_queryset(self.get_queryset()))
        rows = self.paginate_queryset(found)
        return self.get_paginated_response(describe(rows or (), request=request))

    @extend_schema(
        request=SessionOpenSerializer,
        responses={201: SessionSerializer, 200: OpenApiResponse(SessionSerializer, DONE_BEFORE)},
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: MemberRequest) -> Response:
        """Open a session. `capture` in the answer says whether interactions are accepted yet."""
        said = SessionOpenSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        at = timezone.now()
        # One transaction with the key: either both are there, or neither.
        with told_as_problems(), transaction.atomic():
            public_id, created = write_once(
                request, at=at, write=lambda: self._open(request, said.validated_data, at=at)
            )
        return Response(self._described(public_id), status=201 if created else 200)

    def _open(self, request: MemberRequest, said: dict[str, Any], *, at: datetime) -> str:
        company, actor = request.company, request.user
        session = capture.open_session(
            company=company,
            supporter=choose_supporter(
                company=company,
                actor=actor,
                email=said["supporter"],
                device_name=said["device"],
                names=names_known_to(request),
            ),
            actor=actor,
            at=at,
            direction=said["direction"],
            device_name=said["device"],
            remote_user=said["remote_user"],
            started_at=said["started_at"],
            notes=said["notes"],
            ticket=said["ticket"],
        )
        return str(session.public_id)

    def _described(self, public_id: str) -> dict[str, Any]:
        self.kwargs["id"] = public_id
        return dict(SessionSerializer(self.get_object(), context=self.get_serializer_context()).data)

    @extend_schema(responses=InteractionSerializer(many=True), filters=False)
    # Batches are read as bytes and decoded in one pass.
    @action(
        detail=True,
        pagination_class=InOrder,
        filterset_class=None,
        parser_classes=[RawJSONParser, RawJSONLinesParser],
    )
    def interactions(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """The session log: masked, in order."""
        rows = self.paginate_queryset(timeline.log_of(session=self.get_object()))
        return self.get_paginated_response(InteractionSerializer(rows, many=True).data)

    @extend_schema(
        request={
            "application/json": InteractionBatchSerializer,
            "application/x-ndjson": InteractionInSerializer,
        },
        responses={
            200: AppendResultSerializer,
            403: OpenApiResponse(description="Capture is not allowed, or not yet."),
        },
    )
    @interactions.mapping.post
    def append(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Append a batch, as JSON or JSON Lines, plain or gzipped. Sequence numbers sent before change nothing."""
        session = self.get_object()
        as_lines = (request.content_type or "").startswith(RawJSONLinesParser.media_type)
        # The framework puts {} where there is no body at all.
        batch = read_batch(request.data if isinstance(request.data, bytes) else b"", as_lines=as_lines)
        with told_as_problems():
            result = capture.append_interactions(session=session, batch=batch)
        return Response(AppendResultSerializer(result).data)

    @extend_schema(request=None, responses=SessionSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """End the session; an eligible one gets its summary. Ending twice changes nothing."""
        session = self.get_object()
        with told_as_problems():
            capture.end_session(session=session, actor=request.user, at=timezone.now())
        return Response(self._described(str(session.public_id)))
