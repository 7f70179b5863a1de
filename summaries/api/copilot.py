"""Questions about a session, by the rules of the page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import ApiScope
from accounts.models import ApiToken
from accounts.permissions import Permission
from accounts.scoped_api import MemberRequest
from insights_portal.api.pagination import KeysetPagination
from insights_portal.api.parsers import CappedJSONParser
from insights_portal.api.problems import Problem
from summaries.api.base import DONE_BEFORE, IDEMPOTENCY_KEY, SESSION_ID, SessionScopedViewSet, told_as_problems
from summaries.api.copilot_serializers import QuestionInSerializer, QuestionSerializer
from summaries.api.idempotency import write_once
from summaries.domain.copilot import asking, reading
from summaries.domain.copilot.answering import answer_here
from summaries.domain.reading.release import approval_required_by
from summaries.models import CopilotQuestion, SupportSession
from summaries.views.copilot import may_ask_again

QUESTION_ID = OpenApiParameter("question_id", OpenApiTypes.UUID, OpenApiParameter.PATH, description="Id of a question.")


@contextmanager
def _told_as_problems() -> Iterator[None]:
    """Answer what the domain refuses."""
    try:
        with told_as_problems():
            yield
    except asking.NoCreditToAsk as error:
        raise Problem(str(error), status=409, code="no_credit") from error
    except asking.UnableToAsk as error:
        raise Problem(str(error), status=409, code="unable_to_ask_copilot") from error


class QuestionViewSet(SessionScopedViewSet):
    """What is asked about one session, and answered from its log alone."""

    serializer_class = QuestionSerializer
    pagination_class = KeysetPagination
    filter_backends = []
    parser_classes = [CappedJSONParser]
    read_permissions = (Permission.ASK_COPILOT,)
    read_scope = ApiScope.SUMMARIES_READ
    write_scope = ApiScope.SUMMARIES_WRITE
    action_permissions = {"ask": Permission.ASK_COPILOT, "stop": Permission.ASK_COPILOT}

    def check_object_permissions(self, request: Request, obj: SupportSession) -> None:
        super().check_object_permissions(request, obj)
        if isinstance(request.auth, ApiToken) and approval_required_by(company_id=obj.company_id):
            raise Problem(
                _("Your company wants texts approved before they leave the portal. Ask on the page of the session."),
                status=409,
                code="not_released",
            )

    @extend_schema(responses=QuestionSerializer(many=True), parameters=[SESSION_ID])
    def questions(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """What was asked about the session, by anybody, the newest first."""
        rows = self.paginate_queryset(self._questions(self.get_object()))
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    @extend_schema(
        request=QuestionInSerializer,
        responses={
            201: QuestionSerializer,
            200: OpenApiResponse(QuestionSerializer, DONE_BEFORE),
            409: OpenApiResponse(description="Not now: the sentence says why."),
        },
        parameters=[SESSION_ID, IDEMPOTENCY_KEY],
    )
    def ask(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Ask. The built-in engine has answered by then; another one's answer grows: read the question again."""
        session = self.get_object()
        said = QuestionInSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        if not may_ask_again(request.user.pk):
            raise Problem(_("That was many questions in a minute. Wait a moment."), status=429, code="throttled")
        values = said.validated_data
        question = asking.Question(text=values["question"], engine=values["engine"], language=values["language"])
        at = timezone.now()

        def put() -> str:
            return str(asking.ask(session=session, question=question, actor=request.user, at=at).public_id)

        # One transaction with the key; the answer is looked for after it.
        with _told_as_problems(), transaction.atomic():
            public_id, is_new = write_once(request, at=at, write=put)
        asked = self._question(session, UUID(public_id))
        answer_here(question=asked, clock=timezone.now)
        told = self.get_serializer(self._question(session, asked.public_id)).data
        return Response(told, status=201 if is_new else 200)

    @extend_schema(responses=QuestionSerializer, parameters=[SESSION_ID, QUESTION_ID])
    def question(self, request: MemberRequest, question_id: UUID, **kwargs: Any) -> Response:  # noqa: ARG002
        """One question with what has been answered so far."""
        return Response(self.get_serializer(self._question(self.get_object(), question_id)).data)

    @extend_schema(request=None, responses=QuestionSerializer, parameters=[SESSION_ID, QUESTION_ID])
    def stop(self, request: MemberRequest, question_id: UUID, **kwargs: Any) -> Response:  # noqa: ARG002
        """End the answering; what has come stays. Stopping what is over changes nothing."""
        session = self.get_object()
        asking.stop(question=self._question(session, question_id), actor=request.user, at=timezone.now())
        return Response(self.get_serializer(self._question(session, question_id)).data)

    def _questions(self, session: SupportSession) -> QuerySet[CopilotQuestion]:
        return reading.questions_of(session=session, viewer=self.request.user)  # type: ignore[arg-type]

    def _question(self, session: SupportSession, public_id: UUID) -> CopilotQuestion:
        viewer: Any = self.request.user
        return reading.question_of(session=session, viewer=viewer, public_id=public_id)
