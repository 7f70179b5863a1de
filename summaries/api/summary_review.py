"""A person's work on a summary, by the rules of the page: correct, review, approve, restore, rate."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.enums import ApiScope
from accounts.models import ApiToken, User
from accounts.permissions import Permission
from accounts.scoped_api import MemberRequest
from insights_portal.api.parsers import CappedJSONParser
from insights_portal.api.problems import Problem
from summaries.api.base import IDEMPOTENCY_KEY, ApiViewSet, told_as_problems
from summaries.api.idempotency import write_once
from summaries.api.summary_review_serializers import (
    ContentInSerializer,
    RatingSerializer,
    RestoreSerializer,
    SeenSerializer,
    content_said,
)
from summaries.api.summary_serializers import RevisionSerializer, SummaryDetailSerializer
from summaries.content import content_from_json
from summaries.domain.correction.current import ChangedMeanwhile, NoText
from summaries.domain.correction.editing import correct
from summaries.domain.correction.ratings import UnableToRate, rate
from summaries.domain.correction.restoring import UnableToRestore, restore
from summaries.domain.correction.shape import UnableToCorrect
from summaries.domain.reading import review
from summaries.domain.reading.queries import revisions_of
from summaries.domain.reading.reach import require_on
from summaries.domain.reading.release import approval_required_by, require_release
from summaries.models import Summary, SummaryRevision

SUMMARY_ID = OpenApiParameter("id", OpenApiTypes.UUID, OpenApiParameter.PATH, description="Id of a summary.")


@contextmanager
def _told_as_problems() -> Iterator[None]:
    """Answer what the domain refuses: 400 at the field, 409 when another text took its place."""
    try:
        with told_as_problems():
            yield
    except UnableToCorrect as error:
        raise ValidationError({where: [sentence] for where, sentence in error.errors.items()}) from error
    except UnableToRate as error:
        raise ValidationError({"comment": [str(error)]}) from error
    except UnableToRestore as error:
        raise ValidationError({"restore": [str(error)]}) from error
    except ChangedMeanwhile as error:
        raise Problem(
            _("%(error)s Read it, then send yours again.") % {"error": error}, status=409, code="changed_meanwhile"
        ) from error
    except NoText as error:
        raise Problem(str(error), status=409, code="no_text") from error
    except review.UnableToReview as error:
        raise Problem(str(error), status=409, code="unable_to_review") from error


class SummaryReviewViewSet(ApiViewSet):
    """A person's work on one summary. Each request names the revision that was read, so that nothing unseen is lost."""

    queryset_model = Summary
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    parser_classes = [CappedJSONParser]
    filter_backends = []
    pagination_class = None
    serializer_class = SummaryDetailSerializer
    read_permissions = (Permission.VIEW_SUMMARIES,)
    read_scope = ApiScope.SUMMARIES_READ
    write_scope = ApiScope.SUMMARIES_WRITE
    action_permissions = {
        "replace": Permission.EDIT_SUMMARIES,
        "amend": Permission.EDIT_SUMMARIES,
        "review": Permission.EDIT_SUMMARIES,
        "approve": Permission.APPROVE_SUMMARIES,
        "restore": Permission.EDIT_SUMMARIES,
        "rate": Permission.VIEW_SUMMARIES,
    }

    def get_queryset(self) -> QuerySet[Summary]:
        rows = super().get_queryset().select_related("session__company", "session__device", "reviewed_by")
        return rows.select_related("current__author").prefetch_related("issue_types", "applications")

    def check_object_permissions(self, request: Request, obj: Summary) -> None:
        """403 before anything that was sent is looked at, unless a role that reaches this session lets them."""
        super().check_object_permissions(request, obj)
        user: User = request.user  # type: ignore[assignment]
        with told_as_problems():
            for permission in self.permissions_needed():
                require_on(user=user, permission=permission, session=obj.session)

    @extend_schema(request=ContentInSerializer, parameters=[SUMMARY_ID, IDEMPOTENCY_KEY])
    def replace(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Correct the summary: a new revision, reviewed by the token's member. The texts before it are kept."""
        return self._correct(request, partial=False)

    @extend_schema(request=ContentInSerializer, parameters=[SUMMARY_ID, IDEMPOTENCY_KEY])
    def amend(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Correct some fields of the summary; the others stay as they are in the revision that was read."""
        return self._correct(request, partial=True)

    def _correct(self, request: MemberRequest, *, partial: bool) -> Response:
        found = self.get_object()
        said = ContentInSerializer(data=request.data, partial=partial)
        said.is_valid(raise_exception=True)
        if "revision" not in said.validated_data:
            raise ValidationError({"revision": ["This field is required."]})
        wanted = content_said(said.validated_data)

        def write(summary: Summary) -> None:
            base = content_from_json(self._text(summary).content)
            correct(
                summary=summary,
                seen=said.validated_data["revision"],
                content=replace(base, **wanted),
                actor=request.user,
                at=timezone.now(),
            )

        return self._done(request, found, write)

    @extend_schema(request=SeenSerializer, parameters=[SUMMARY_ID, IDEMPOTENCY_KEY])
    def review(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say that the member has checked the text."""
        return self._decide(request, review.mark_reviewed)

    @extend_schema(request=SeenSerializer, parameters=[SUMMARY_ID, IDEMPOTENCY_KEY])
    def approve(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Release the text for use outside the portal."""
        return self._decide(request, review.approve)

    def _decide(self, request: MemberRequest, act: Callable[..., None]) -> Response:
        found = self.get_object()
        said = self._said(request, SeenSerializer)

        def write(summary: Summary) -> None:
            text = self._text(summary)
            if text.number != said["revision"]:
                raise ChangedMeanwhile(text.number)
            act(summary=summary, revision_id=text.pk, actor=request.user, at=timezone.now())

        return self._done(request, found, write)

    @extend_schema(request=RestoreSerializer, parameters=[SUMMARY_ID, IDEMPOTENCY_KEY])
    def restore(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Let another revision count: an earlier one as a new revision, a newer one of an engine as it is."""
        found = self.get_object()
        said = self._said(request, RestoreSerializer)

        def write(summary: Summary) -> None:
            restore(
                summary=summary, number=said["restore"], seen=said["revision"], actor=request.user, at=timezone.now()
            )

        return self._done(request, found, write)

    @extend_schema(request=RatingSerializer, parameters=[SUMMARY_ID, IDEMPOTENCY_KEY])
    def rate(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say whether the summary was helpful, instead of what the member said before."""
        found = self.get_object()
        said = self._said(request, RatingSerializer)

        def write(summary: Summary) -> None:
            rate(
                summary=summary,
                seen=said["revision"],
                is_helpful=said["helpful"],
                comment=said["comment"],
                actor=request.user,
                at=timezone.now(),
            )

        return self._done(request, found, write)

    @extend_schema(responses=RevisionSerializer(many=True), parameters=[SUMMARY_ID])
    def revisions(self, request: MemberRequest, **kwargs: Any) -> Response:  # noqa: ARG002
        """Every text of the summary, newest first. Where approval is demanded, a token gets the approved one alone."""
        summary = self.get_object()
        found = revisions_of(session=summary.session, viewer=request.user)
        demanded = isinstance(request.auth, ApiToken) and approval_required_by(company_id=summary.company_id)
        with told_as_problems():
            require_release(summary=summary, approval_required=demanded)
        told: Any = [each for each in found if not demanded or each.pk == summary.current_id]
        return Response(RevisionSerializer(told, many=True, context=self.get_serializer_context()).data)

    def _said(self, request: MemberRequest, serializer: type[Serializer[Any]]) -> dict[str, Any]:
        said = serializer(data=request.data)
        said.is_valid(raise_exception=True)
        return dict(said.validated_data)

    def _text(self, summary: Summary) -> SummaryRevision:
        """The text that counts. Raises NoText."""
        if summary.current is None:
            raise NoText(_("There is no text yet."))
        return summary.current

    def _done(self, request: MemberRequest, found: Summary, write: Callable[[Summary], None]) -> Response:
        """Do it once, whatever is sent again under the same key, and tell what stands there now."""

        def once() -> str:
            write(found)
            return str(found.public_id)

        with _told_as_problems(), transaction.atomic():
            write_once(request, at=timezone.now(), write=once)
        return Response(self.get_serializer(self.get_object()).data)
