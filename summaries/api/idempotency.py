import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile

from accounts.scoped_api import MemberRequest
from insights_portal.api.problems import Problem
from summaries.domain.idempotency import KeyInUse, KeyMisused, claim_key, release_key, settle_key


def write_once(request: MemberRequest, *, at: datetime, write: Callable[[], str]) -> tuple[str, bool]:
    """Do *write*, which returns the id of what it made, unless the request's key says that it was done before.

    Returns that id and whether it was made just now. Raises Problem 422 and 409, and what *write* raises.
    """
    named = request.headers.get("Idempotency-Key")
    if named is None:
        return write(), True
    try:
        key = claim_key(
            company=request.company,
            user=request.user,
            key=named,
            fingerprint=_fingerprint(request),
            at=at,
        )
    except KeyMisused as error:
        raise Problem(str(error), status=422, code="idempotency_key_misused") from error
    except KeyInUse as error:
        raise Problem(str(error), status=409, code="idempotency_key_in_use") from error
    if key.result:
        return key.result, False
    try:
        result = write()
    except BaseException:
        release_key(key=key)
        raise
    settle_key(key=key, result=result)
    return result, True


def _fingerprint(request: MemberRequest) -> str:
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    for name, value in sorted(cast("Mapping[str, Any]", request.data).items()):
        digest.update(f"{name}=".encode())
        if isinstance(value, UploadedFile):
            for chunk in value.chunks():
                digest.update(chunk)
            value.seek(0)
        else:
            digest.update(_canonical(value))
        digest.update(b"\n")
    return digest.hexdigest()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, default=str).encode("utf-8", "surrogatepass")
