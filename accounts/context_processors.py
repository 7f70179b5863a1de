from typing import Any

from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, Any]:
    """What the shell of every page needs."""
    return {"company": getattr(request, "company", None)}
