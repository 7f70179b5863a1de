import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import ApiScope
from accounts.permissions import Permission
from accounts.scoped_api import MemberRequest
from insights_portal.lib.pdf import Paper
from summaries.api.base import SESSION_ID, SessionScopedViewSet, told_as_problems
from summaries.domain.reports.export import export_report
from summaries.views.report_pdf import paper_asked_for


class PdfRenderer(BaseRenderer):
    """Passes a PDF through; an error that a client of PDFs gets is JSON all the same."""

    media_type = "application/pdf"
    format = "pdf"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        renderer_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> bytes:
        return data if isinstance(data, bytes) else json.dumps(data).encode()


class OneKindOfAnswer(BaseContentNegotiation):
    """This address has one kind of answer, whatever kinds the client says it likes."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:  # noqa: ARG002
        return next(iter(parsers))

    def select_renderer(
        self,
        request: Request,  # noqa: ARG002
        renderers: Iterable[Any],
        format_suffix: str | None = None,  # noqa: ARG002
    ) -> tuple[Any, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class ReportViewSet(SessionScopedViewSet):
    """The service report of one session."""

    renderer_classes = [PdfRenderer]
    content_negotiation_class = OneKindOfAnswer
    filter_backends = []
    read_permissions = (Permission.EXPORT_SUMMARIES,)
    read_scope = ApiScope.REPORTS_READ

    @extend_schema(
        responses={(200, PdfRenderer.media_type): OpenApiTypes.BINARY},
        parameters=[
            SESSION_ID,
            OpenApiParameter("paper", enum=Paper.values, description="Without it, the one of the company's layout."),
        ],
    )
    def download(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """The service report as a tagged PDF; without a summary it says why there is none."""
        session = self.get_object()
        paper = paper_asked_for(request.query_params.get("paper"))
        with told_as_problems():
            report = export_report(session=session, actor=request.user, at=timezone.now(), paper=paper)
        return Response(
            report.pdf,
            content_type=PdfRenderer.media_type,
            headers={"Content-Disposition": f'attachment; filename="{report.file_name}"'},
        )
