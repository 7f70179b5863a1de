from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import PermissionDenied, Throttled

from accounts.enums import ApiScope
from accounts.models import ApiToken
from accounts.reauthentication import is_recent
from accounts.scoped_api import MemberRequest
from insights_portal.api.problems import Problem
from summaries.api.base import READ_REPORTS, SessionScopedViewSet, told_as_problems
from summaries.api.filters import SessionFilter
from summaries.api.reports import OneKindOfAnswer
from summaries.domain.exports.columns import COLUMNS, Column, ColumnGroup, UnknownColumn, choose_columns
from summaries.domain.exports.export import export_sessions
from summaries.domain.exports.files import KINDS
from summaries.views.exports import file_answer, may_export_now, too_many


class SessionExportViewSet(SessionScopedViewSet):
    """Support sessions as a file, as many as there are."""

    filterset_class = SessionFilter
    pagination_class = None
    content_negotiation_class = OneKindOfAnswer
    read_permissions = READ_REPORTS
    read_scope = ApiScope.REPORTS_READ

    @extend_schema(
        operation_id="sessions_export",
        responses={
            (200, each.content_type.split(";")[0]): OpenApiResponse(OpenApiTypes.BINARY) for each in KINDS.values()
        },
        parameters=[
            OpenApiParameter("kind", enum=list(KINDS), location=OpenApiParameter.PATH),
            OpenApiParameter(
                "columns",
                description=f"Names with commas between them; all without it: {', '.join(c.key for c in COLUMNS)}.",
            ),
        ],
    )
    def download(self, request: MemberRequest, kind: str) -> StreamingHttpResponse:
        """All sessions that the filters find, newest first; with their summaries where you may export them."""
        if kind not in KINDS:
            raise Http404
        if not isinstance(request.auth, ApiToken) and not is_recent(request._request):
            raise Problem(
                _("Confirm who you are first: sign in to the portal again, or send a token."),
                status=403,
                code="confirmation_needed",
            )
        columns = self._columns()
        if not may_export_now(request.user.pk):
            raise Throttled(wait=3600, detail=too_many())
        with told_as_problems():
            made = export_sessions(
                company=request.company,
                actor=request.user,
                sessions=self.filter_queryset(self.get_queryset()),
                asked={"list": "api", "filters": self._asked()},
                columns=columns,
                kind=kind,
                at=timezone.now(),
            )
        return file_answer(made)

    def _columns(self) -> tuple[Column, ...]:
        """Those asked for. What a summary says needs the scope for summaries, too."""
        named = self.request.query_params.getlist("columns")
        try:
            columns = choose_columns(named)
        except UnknownColumn as refusal:
            raise Problem(str(refusal), status=400, code="unknown_column") from refusal
        token = self.request.auth
        if not isinstance(token, ApiToken) or ApiScope.SUMMARIES_READ in token.scopes:
            return columns
        open_ones = tuple(column for column in columns if column.group != ColumnGroup.SUMMARY)
        if any(named) and len(open_ones) < len(columns):
            sentence = _("This token lacks the scope “%(scope)s”, which columns of summaries need.")
            raise PermissionDenied(sentence % {"scope": ApiScope.SUMMARIES_READ})
        return open_ones

    def _asked(self) -> dict[str, str]:
        """The filters, as the audit log keeps them: an address in it could not be taken out again."""
        known = set(SessionFilter.base_filters) & set(self.request.query_params)
        return {name: "…" if name == "supporter" else self.request.query_params[name][:200] for name in sorted(known)}
