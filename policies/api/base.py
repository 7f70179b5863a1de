"""What the viewsets of devices, groups and policies share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from rest_framework.exceptions import MethodNotAllowed, NotFound, PermissionDenied
from rest_framework.request import Request

from accounts.enums import ApiScope
from accounts.permissions import Permission
from accounts.scoped_api import CompanyScopedViewSet
from accounts.tenancy import PermissionMissing
from insights_portal.api.pagination import KeysetPagination
from insights_portal.api.parsers import CappedJSONParser
from insights_portal.api.problems import Problem
from policies.domain.assignment import NothingThere, UnableToAssign
from policies.domain.device_rows import RowsRefused, UnableToApply
from policies.domain.devices import UnableToSaveDevice, UnableToTurnOff
from policies.domain.groups import UnableToSaveGroup
from policies.domain.naming import UnableToName


class ByName(KeysetPagination):
    ordering = ("name", "pk")


class PoliciesViewSet(CompanyScopedViewSet):
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    parser_classes = [CappedJSONParser]
    pagination_class = ByName
    read_permissions = (Permission.MANAGE_POLICIES, Permission.ASSIGN_POLICIES)
    read_scope: ClassVar[ApiScope | None] = ApiScope.DEVICES_READ
    write_scope: ClassVar[ApiScope | None] = ApiScope.DEVICES_WRITE

    def check_permissions(self, request: Request) -> None:
        """A method that nothing answers is a 405 for whoever is signed in, whatever their roles."""
        if request.user is not None and self.action is None:
            raise MethodNotAllowed(request.method or "")
        super().check_permissions(request)

    def said(self, serializer: Any, request: Request) -> dict[str, Any]:
        """What the request's body holds. Raises ValidationError (400)."""
        read = serializer(data=request.data)
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)


@contextmanager
def told_as_problems() -> Iterator[None]:
    """Answer what the domain refuses: 403 not allowed, 404 not there, 409 not now, 422 not like that."""
    try:
        yield
    except PermissionMissing as error:
        raise PermissionDenied(str(error)) from error
    except NothingThere as error:
        raise NotFound(str(error)) from error
    except UnableToTurnOff as error:
        raise Problem(str(error), status=409, code="policy_is_enforced") from error
    except UnableToAssign as error:
        raise Problem(str(error), status=422, code="unable_to_assign") from error
    except RowsRefused as error:
        wrong = {f"devices[{problem.line - 1}]": [problem.sentence] for problem in error.problems}
        raise Problem(str(error), status=422, code="devices_refused", errors=wrong) from error
    except (UnableToName, UnableToSaveDevice, UnableToSaveGroup, UnableToApply) as error:
        raise Problem(str(error), status=422, code="unable_to_save") from error
