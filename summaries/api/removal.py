from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import ApiScope
from accounts.models import User
from accounts.permissions import Permission
from accounts.scoped_api import CompanyScopedViewSet, MemberRequest
from summaries.api.base import SESSION_ID, SessionScopedViewSet, told_as_problems
from summaries.api.session_serializers import SessionSerializer
from summaries.domain.keeping import trash
from summaries.domain.keeping.removal import delete_log, delete_report
from summaries.domain.keeping.restoring import restore
from summaries.domain.reading.reach import require_in_trash
from summaries.enums import TrashedKind
from summaries.models import SupportSession, TrashedRecord

REMOVES = {"destroy": Permission.DELETE_REPORTS, "remove_log": Permission.DELETE_SESSION_LOGS}


class DeletedSerializer(serializers.Serializer[Any]):
    """What a deletion answers."""

    restorable_until = serializers.DateTimeField(
        allow_null=True, help_text="Until then `…/restore/` brings it back; null: nothing was there to keep."
    )


def deleted(trashed: TrashedRecord | None) -> Response:
    until: datetime | None = trashed.purge_at if trashed else None
    return Response(DeletedSerializer({"restorable_until": until}).data)


class SessionRemoval(SessionScopedViewSet):
    """What is deleted of a session through the API, by the rules of the page."""

    @extend_schema(request=None, responses={200: DeletedSerializer})
    def destroy(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Delete the connection report with session log and summary. For 30 days it can be restored."""
        with told_as_problems():
            return deleted(delete_report(session=self.get_object(), actor=request.user, at=timezone.now()))

    @extend_schema(request=None, responses={200: DeletedSerializer})
    @action(detail=True, methods=["delete"], url_path="log", url_name="log")
    def remove_log(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Delete the session log; report and summary stay. For 30 days it can be restored."""
        with told_as_problems():
            return deleted(delete_log(session=self.get_object(), actor=request.user, at=timezone.now()))


class TrashViewSet(SessionScopedViewSet):
    """What was deleted of one session comes back, for those who could delete it."""

    action_permissions = {
        "restore_report": Permission.DELETE_REPORTS,
        "restore_log": Permission.DELETE_SESSION_LOGS,
        "restore_summary": Permission.DELETE_SUMMARIES,
    }
    write_scope = ApiScope.SESSIONS_WRITE
    serializer_class = SessionSerializer

    def get_queryset(self) -> QuerySet[SupportSession]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        request: MemberRequest = self.request  # type: ignore[assignment]
        return trash.sessions_of(company=request.company, viewer=request.user)

    def check_object_permissions(self, request: Request, obj: SupportSession) -> None:
        """403 unless a role reaches the session, which may itself lie in the trash and be visible to nobody."""
        CompanyScopedViewSet.check_object_permissions(self, request, obj)
        user: User = request.user  # type: ignore[assignment]
        with told_as_problems():
            for permission in self.permissions_needed():
                require_in_trash(user=user, permission=permission, session=obj)

    @extend_schema(request=None, responses=SessionSerializer, parameters=[SESSION_ID])
    def restore_report(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Bring the connection report back from the trash, with session log and summary."""
        return self._restore(request, TrashedKind.REPORT)

    @extend_schema(request=None, responses=SessionSerializer, parameters=[SESSION_ID])
    def restore_log(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Bring the session log back from the trash."""
        return self._restore(request, TrashedKind.LOG)

    @extend_schema(request=None, responses=SessionSerializer, parameters=[SESSION_ID])
    def restore_summary(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Bring the summary that was deleted last back from the trash. A newer one must be deleted first."""
        return self._restore(request, TrashedKind.SUMMARY)

    def _restore(self, request: MemberRequest, what: TrashedKind) -> Response:
        session = self.get_object()
        with told_as_problems():
            trashed = trash.newest_of(session=session, what=what)
            restored = restore(trashed=trashed, actor=request.user, at=timezone.now())
        return Response(SessionSerializer(restored, context=self.get_serializer_context()).data)
