"""What `tests.bench.ingest` sends to: the portal, the portal without masking, and a view that only stores."""

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "insights_portal.test_settings")

from django.core.wsgi import get_wsgi_application

_portal = get_wsgi_application()

import msgspec
from django.db import connection, transaction
from django.utils import timezone

from accounts.domain.tokens import verify_token
from summaries.api.interaction_batches import BatchIn
from summaries.domain.redaction import rules
from summaries.redaction.base import RedactionReport
from summaries.redaction.redactor import Redactor

_batch = msgspec.json.Decoder(BatchIn)
_COLUMNS = (
    "company_id, session_id, number, offset_ms, actor, kind, application, title, text, place_unit"  # place stays null
)


class NoRedactor(Redactor):
    """Masks nothing."""

    def mask(self, batch: Any) -> Any:
        return list(batch)

    def report(self) -> RedactionReport:
        return RedactionReport({})


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    _, kind, public_id, *_ = environ["PATH_INFO"].split("/")
    if kind == "limit":
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        said = _only_store(environ["HTTP_AUTHORIZATION"].removeprefix("Bearer "), public_id, body)
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(said)))])
        return [said]
    if kind == "unmasked":
        environ["PATH_INFO"] = f"/api/v1/sessions/{public_id}/interactions/"
    _use(NoRedactor if kind == "unmasked" else Redactor)
    return _portal(environ, start_response)


def _use(redactor: type[Redactor]) -> None:
    rules.Redactor = redactor  # type: ignore[misc]


def _only_store(token: str, public_id: str, body: bytes) -> bytes:
    rows = _batch.decode(body).interactions
    company_id = verify_token(plain=token, at=timezone.now()).company_id
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE summaries_supportsession SET interaction_count = interaction_count + %s"
            " WHERE public_id = %s AND company_id = %s AND interaction_count = %s RETURNING id",
            [len(rows), public_id, company_id, rows[0].sequence - 1],
        )
        (session_id,) = cursor.fetchone()
        with cursor.copy(f"COPY summaries_interaction ({_COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(
                    (
                        *(company_id, session_id, row.sequence, row.offset_ms, row.actor, row.kind),
                        *(row.application, row.title, row.text, ""),
                    )
                )
    return msgspec.json.encode({"accepted": len(rows)})
