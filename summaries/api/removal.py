from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.permissions import Permission
from accounts.scoped_api import MemberRequest
from summaries.api.base import SessionScopedViewSet, told_as_problems
from summaries.domain.keeping.removal import delete_log, delete_report

REMOVES = {"destroy": Permission.DELETE_REPORTS, "remove_log": Permission.DELETE_SESSION_LOGS}


class SessionRemoval(SessionScopedViewSet):
    """What is deleted of a session through the API, by the rules of the page."""

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Delete the connection report with session log and summary. It cannot be undone."""
        with told_as_problems():
            delete_report(session=self.get_object(), actor=request.user, at=timezone.now())
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["delete"], url_path="log", url_name="log")
    def remove_log(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Delete the session log; report and summary stay. It cannot be undone."""
        with told_as_problems():
            delete_log(session=self.get_object(), actor=request.user, at=timezone.now())
        return Response(status=204)
