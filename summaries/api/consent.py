import threading
import time
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.enums import ApiScope
from accounts.permissions import Permission
from accounts.scoped_api import MemberRequest
from insights_portal.api.parsers import CappedJSONParser
from policies.enums import ConsentAnswer, Reason, Verdict
from summaries.api.base import (
    DONE_BEFORE,
    IDEMPOTENCY_KEY,
    READ_REPORTS,
    SESSION_ID,
    SessionScopedViewSet,
    told_as_problems,
)
from summaries.api.idempotency import write_once
from summaries.api.session_serializers import ConsentSerializer, SessionSerializer
from summaries.domain import capture
from summaries.domain.consent import requests as consent
from summaries.domain.consent import state as consent_state

#: Seconds that a request waits for an answer at most, and between two looks.
LONGEST_WAIT = 30
LOOK_EVERY = 1.0
#: Requests of one process that wait at a time; one more is answered at once, so that pages keep their threads.
_SEATS = threading.BoundedSemaphore(4)


class ConsentQuestionSerializer(serializers.Serializer[Any]):
    """The question to the remote user, and the link to put before them."""

    id = serializers.UUIDField(source="public_id")
    link = serializers.URLField(
        allow_null=True, help_text="Kept nowhere: null when the request was made before, under the same key."
    )
    expires_at = serializers.DateTimeField(help_text="No answer until then means no.")


class ConsentStateSerializer(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(Verdict.choices, help_text="WAIT: no answer yet.")
    reason = serializers.ChoiceField(Reason.choices)
    explanation = serializers.CharField()
    answer = serializers.ChoiceField(ConsentAnswer.choices, allow_null=True, help_text="The latest in the ledger.")
    answered_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Of the question that is open; null: none is.")
    opened_at = serializers.DateTimeField(allow_null=True, help_text="When its page was first opened.")


class WaitSerializer(serializers.Serializer[Any]):
    wait = serializers.IntegerField(min_value=0, max_value=LONGEST_WAIT, default=0)


class ConsentViewSet(SessionScopedViewSet):
    """Asking the remote user of a running session, and learning what they answered."""

    parser_classes = [CappedJSONParser]
    read_permissions = READ_REPORTS
    read_scope = ApiScope.SESSIONS_READ
    write_scope = ApiScope.SESSIONS_WRITE
    action_permissions = dict.fromkeys(("ask", "state"), Permission.GENERATE_SUMMARIES)

    @extend_schema(
        request=None,
        responses={
            201: ConsentQuestionSerializer,
            200: OpenApiResponse(ConsentQuestionSerializer, DONE_BEFORE),
            409: OpenApiResponse(description="There is nothing to ask: captured already, refused, or not running."),
        },
        parameters=[SESSION_ID, IDEMPOTENCY_KEY],
    )
    def ask(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Make a one-time link to the consent page. A link made before it ends."""
        session, at = self.get_object(), timezone.now()
        links: list[str] = []

        def write() -> str:
            question, link = consent.request_consent(session=session, actor=request.user, at=at)
            links.append(request.build_absolute_uri(reverse("summaries:consent_ask", args=[link])))
            return str(question.public_id)

        with told_as_problems(), transaction.atomic():
            public_id, created = write_once(request, at=at, write=write)
        question = consent_state.question_of(session=session, public_id=public_id)
        said = {"public_id": public_id, "link": links[0] if links else None, "expires_at": question.expires_at}
        return Response(ConsentQuestionSerializer(said).data, status=201 if created else 200)

    @extend_schema(
        responses=ConsentStateSerializer,
        parameters=[
            SESSION_ID,
            OpenApiParameter(
                "wait",
                OpenApiTypes.INT,
                description=f"Seconds (0 to {LONGEST_WAIT}) to hold the answer back while the remote user has not "
                "answered. Then the state as it is; ask again.",
            ),
        ],
    )
    def wait(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Where consent stands; at once when it is decided, else when it is, or after `wait` seconds."""
        asked = WaitSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        session = self.get_object()
        found = self._awaited(session.pk, seconds=asked.validated_data["wait"])
        return Response(ConsentStateSerializer(found).data)

    def _awaited(self, session_id: int, *, seconds: int) -> consent_state.ConsentState:
        found = consent_state.state_of(session_id=session_id, at=timezone.now())
        if found.verdict != Verdict.WAIT or not seconds or not _SEATS.acquire(blocking=False):
            return found
        try:
            ends_at = time.monotonic() + seconds
            while found.verdict == Verdict.WAIT and time.monotonic() < ends_at:
                if not connection.in_atomic_block:
                    # Nothing is held while it sleeps.
                    connection.close()
                time.sleep(min(LOOK_EVERY, max(ends_at - time.monotonic(), 0)))
                found = consent_state.state_of(session_id=session_id, at=timezone.now())
        finally:
            _SEATS.release()
        return found

    @extend_schema(
        request=ConsentSerializer,
        responses={201: SessionSerializer, 200: OpenApiResponse(SessionSerializer, DONE_BEFORE)},
        parameters=[SESSION_ID, IDEMPOTENCY_KEY],
    )
    def state(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """State the remote user's answer. It goes into the consent ledger, with who stated it."""
        session = self.get_object()
        said = ConsentSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        at: datetime = timezone.now()

        def write() -> str:
            capture.record_consent(session=session, actor=request.user, at=at, **said.validated_data)
            return str(session.public_id)

        with told_as_problems(), transaction.atomic():
            _, created = write_once(request, at=at, write=write)
        told = SessionSerializer(self.get_object(), context=self.get_serializer_context())
        return Response(told.data, status=201 if created else 200)
