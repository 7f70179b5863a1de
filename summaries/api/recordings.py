from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import ApiScope
from accounts.permissions import Permission
from accounts.scoped_api import MemberRequest
from insights_portal.api.problems import Problem
from insights_portal.lib.numbers import grouped
from summaries.api.base import IDEMPOTENCY_KEY, SessionScopedViewSet, names_known_to, told_as_problems
from summaries.api.idempotency import write_once
from summaries.api.session_serializers import RecordingResultSerializer, RecordingSerializer
from summaries.domain.imports.intake import bring_in, choose_supporter
from summaries.domain.imports.recordings import ConsentMissing, ImportOrder, ImportResult
from summaries.domain.imports.session_files import file_of
from summaries.models import SessionFile
from summaries.sources.base import RecordingFile

#: Two files and the form's fields around them.
FORM_BYTES = 1024 * 1024
#: What an idempotency key remembers of a file with many sessions, beside its id.
_FILE = "file:"


class RecordingViewSet(SessionScopedViewSet):
    """Recordings and reports of support tools: read, masked and stored as sessions. None is made twice."""

    serializer_class = RecordingSerializer
    parser_classes = [MultiPartParser]
    write_scope = ApiScope.SESSIONS_WRITE
    action_permissions = {"create": Permission.GENERATE_SUMMARIES}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.RECORDING_MAX_BYTES + FORM_BYTES:
            limit = f"{grouped(settings.RECORDING_MAX_BYTES // 1_000_000)} MB"
            raise Problem(
                _("A recording holds at most %(limit)s. Split it by time.") % {"limit": limit},
                status=413,
                code="too_large",
            )

    @extend_schema(
        responses={
            201: RecordingResultSerializer,
            200: OpenApiResponse(RecordingResultSerializer, "The same recording was there already."),
        },
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: MemberRequest) -> Response:
        """Import a recording, or a file with many sessions. Its format is recognised from its content."""
        said = RecordingSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        at = timezone.now()
        imported: list[ImportResult | SessionFile] = []

        def take() -> str:
            imported.append(self._import(request, said.validated_data, at=at))
            result = imported[0]
            if isinstance(result, SessionFile):
                return f"{_FILE}{result.public_id}"
            return str(result.session.public_id)

        try:
            with told_as_problems():
                made, is_new = write_once(request, at=at, write=take)
        except ConsentMissing as error:
            raise ValidationError({"consent_statement": [str(error)]}) from error
        answer: dict[str, Any] = {"created": False, "session": None, "file": None}
        if made.startswith(_FILE):
            file = file_of(company=request.company, viewer=request.user, public_id=UUID(made.removeprefix(_FILE)))
            answer |= {"created": is_new and file.created > 0, "file": file}
        else:
            self.kwargs["id"] = made
            answer["session"] = self.get_object()
            answer["created"] = bool(imported) and isinstance(imported[0], ImportResult) and imported[0].created
        shown = RecordingResultSerializer(answer, context=self.get_serializer_context())
        return Response(shown.data, status=201 if answer["created"] else 200)

    def _import(self, request: MemberRequest, said: dict[str, Any], *, at: datetime) -> ImportResult | SessionFile:
        company, actor = request.company, request.user
        file, timing = said["file"], said["timing"]
        return bring_in(
            names=names_known_to(request),
            order=ImportOrder(
                company=company,
                recording=RecordingFile(file.file, file.name, timing.file if timing else None),
                supporter=choose_supporter(
                    company=company,
                    actor=actor,
                    email=said["supporter"],
                    device_name=said["device"],
                    names=names_known_to(request),
                ),
                consent_statement=said["consent_statement"],
                actor=actor,
                at=at,
                direction=said["direction"],
                device_name=said["device"],
                customer=said["customer"],
                started_at=said["started_at"],
                ticket=said["ticket"],
                notes=said["notes"],
            ),
        )
