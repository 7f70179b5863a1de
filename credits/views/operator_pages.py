"""What every page of the operator's begins with: somebody who runs this installation, member of a company or not."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.models import User
from credits.domain.operators import require_operator


class OperatorRequest(HttpRequest):
    """A request of somebody who runs this installation."""

    user: User


def operator_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in operators; everyone else gets a 403 that says why."""

    @wraps(view)
    def guarded(request: OperatorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require_operator(request.user)
        return view(request, *args, **kwargs)

    return guarded
