"""What the API's viewsets share: the members of the request, and domain errors as problems."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import MethodNotAllowed, PermissionDenied
from rest_framework.request import Request

from accounts.adapters import shown_names
from accounts.domain.pseudonyms import SupporterNames
from accounts.models import ApiToken, User
from accounts.permissions import Permission
from accounts.scoped_api import CompanyScopedViewSet, MemberRequest
from accounts.tenancy import PermissionMissing
from insights_portal.api.problems import Problem
from summaries.domain.capture import CaptureRefused, UnableToAppend, UnableToOpen
from summaries.domain.consent.requests import UnableToAsk
from summaries.domain.generation.requests import NotEligible
from summaries.domain.imports.recordings import ConsentMissing, UnableToImport
from summaries.domain.keeping.holds import UnderLegalHold
from summaries.domain.keeping.removal import UnableToDelete
from summaries.domain.keeping.restoring import NotInTrash, UnableToRestore
from summaries.domain.reading.reach import reaches
from summaries.domain.reading.release import NotReleased
from summaries.models import SupportSession

READ_REPORTS = (Permission.VIEW_ALL_REPORTS, Permission.VIEW_OWN_REPORTS)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Up to 100 ASCII characters of your choice. The same request sent again under it is done once.",
)
DONE_BEFORE = "Done before, under the same idempotency key."
SESSION_ID = OpenApiParameter("id", OpenApiTypes.UUID, OpenApiParameter.PATH, description="Id of a session.")


@contextmanager
def told_as_problems() -> Iterator[None]:
    """Answer what the domain refuses: 403 not allowed, 409 not now, 422 not like that."""
    try:
        yield
    except PermissionMissing as error:
        raise PermissionDenied(str(error)) from error
    except CaptureRefused as error:
        raise Problem(str(error), status=403, code="capture_refused") from error
    except UnableToAsk as error:
        raise Problem(str(error), status=409, code="unable_to_ask") from error
    except UnderLegalHold as error:
        raise Problem(str(error), status=409, code="under_legal_hold") from error
    except UnableToDelete as error:
        raise Problem(str(error), status=409, code="unable_to_delete") from error
    except (NotInTrash, UnableToRestore) as error:
        raise Problem(str(error), status=409, code="unable_to_restore") from error
    except UnableToAppend as error:
        raise Problem(str(error), status=409, code="unable_to_append") from error
    except NotReleased as error:
        raise Problem(str(error), status=409, code="not_released") from error
    except NotEligible as error:
        raise Problem(str(error), status=409, code="not_eligible") from error
    except UnableToOpen as error:
        raise Problem(str(error), status=422, code="unable_to_open") from error
    except ConsentMissing:
        # Told at its field, by who takes the file.
        raise
    except UnableToImport as error:
        raise Problem(str(error), status=422, code="unable_to_import") from error


def names_known_to(request: MemberRequest) -> SupporterNames | None:
    """What the member who asks calls the others; None for a token: a program reports for whoever uses it."""
    return None if isinstance(request.auth, ApiToken) else shown_names(request)


class ApiViewSet(CompanyScopedViewSet):
    def check_permissions(self, request: Request) -> None:
        """A method that nothing answers is a 405 for whoever is signed in, whatever their roles."""
        if request.user is not None and self.action is None:
            raise MethodNotAllowed(request.method or "")
        super().check_permissions(request)


class SessionScopedViewSet(ApiViewSet):
    """Everything under one session's address."""

    queryset_model = SupportSession
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def check_object_permissions(self, request: Request, obj: SupportSession) -> None:
        """403 unless a role that reaches this very session holds what the action asks for."""
        super().check_object_permissions(request, obj)
        needed = self.permissions_needed()
        user: User = request.user  # type: ignore[assignment]
        if not any(reaches(user=user, permission=permission, session=obj) for permission in needed):
            labels = _(" or ").join(f"“{permission.label}”" for permission in needed)
            raise PermissionDenied(
                _("Your roles do not include %(labels)s for this session. Ask an administrator.") % {"labels": labels}
            )

    def get_queryset(self) -> QuerySet[SupportSession]:
        return super().get_queryset().select_related("company", "supporter", "device", "summary")
