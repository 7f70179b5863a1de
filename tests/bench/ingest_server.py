"""What `tests.bench.ingest` sends to: the portal, the portal without masking, and a view that only stores."""

import os
from collections.abc import Callable, Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "insights_portal.test_settings")
django.setup()

import msgspec  # noqa: E402 - settings come first
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.domain.tokens import verify_token  # noqa: E402
from summaries.api.interaction_batches import BatchIn  # noqa: E402
from summaries.domain.redaction import rules as redaction_rules  # noqa: E402
from summaries.redaction.redactor import Redactor  # noqa: E402

_portal = get_wsgi_application()
_batch = msgspec.json.Decoder(BatchIn)
#: Without `place`, which stays null.
_COLUMNS = "company_id, session_id, number, offset_ms, actor, kind, application, title, text, place_unit"


class NoRedactor(Redactor):
    """Masks nothing."""

    def mask(self, batch: Any) -> Any:
        return list(batch)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    _, kind, public_id, *_ = environ["PATH_INFO"].split("/")
    if kind == "lean":
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        said = _only_store(environ["HTTP_AUTHORIZATION"].removeprefix("Bearer "), public_id, body)
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(said)))])
        return [said]
    if kind == "unmasked":
        environ["PATH_INFO"] = f"/api/v1/sessions/{public_id}/interactions/"
    redactor = NoRedactor if kind == "unmasked" else Redactor
    setattr(redaction_rules, "Redactor", redactor)  # noqa: B010 - the module does not offer it
    return _portal(environ, start_response)


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
