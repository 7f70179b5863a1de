"""Bodies of a known size: what a client sends is read up to a limit, packed or not, and never further."""

import gzip
import io
import json
import zlib
from collections.abc import Mapping
from typing import IO, Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

from insights_portal.api.problems import Problem

#: Largest body, unpacked, in bytes.
MAX_BODY_BYTES = 8 * 1024 * 1024


class CappedParser(BaseParser):
    """Reads at most *max_bytes*, also when they arrive packed: a bomb is cut off before it is memory."""

    max_bytes: ClassVar[int] = MAX_BODY_BYTES

    def read(self, stream: IO[bytes], context: Mapping[str, Any]) -> bytes:
        """The unpacked body. Raises Problem 413, ParseError, UnsupportedMediaType (415)."""
        encoding = context["request"].headers.get("Content-Encoding", "identity").lower()
        if encoding not in ("identity", "gzip"):
            raise UnsupportedMediaType(encoding, _("Send the body plain, or packed with `Content-Encoding: gzip`."))
        body = self._capped(stream)
        if encoding == "identity":
            return body
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
                return self._capped(packed)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ParseError(_("The body is not whole gzip. Pack it anew.")) from error

    def _capped(self, stream: IO[bytes] | gzip.GzipFile) -> bytes:
        body = stream.read(self.max_bytes + 1)
        if len(body) > self.max_bytes:
            limit = f"{self.max_bytes // (1024 * 1024)} MB"
            raise Problem(
                _("The body is larger than %(limit)s. Send it in parts.") % {"limit": limit},
                status=413,
                code="too_large",
            )
        return body


class CappedJSONParser(CappedParser):
    """JSON objects."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        body = self.read(stream, parser_context or {})
        try:
            said = json.loads(body, parse_constant=_refuse_constant)
            if b"\\u" in body:
                # Half of a surrogate pair is no character: neither the database nor an answer can hold it.
                json.dumps(said, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            # The error's own words may quote the body.
            told = _("The body is not JSON.")
            if isinstance(error, json.JSONDecodeError):
                told = _("The body is not JSON at line %(line)s.") % {"line": error.lineno}
            raise ParseError(told) from error
        if not isinstance(said, dict):
            raise ParseError(_("The body must be a JSON object: {…}."))
        return said


class RawParser(CappedParser):
    """The bytes themselves, for a view that reads them faster than a parser of every type could."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return self.read(stream, parser_context or {})


class RawJSONParser(RawParser):
    media_type = "application/json"


class RawJSONLinesParser(RawParser):
    media_type = "application/x-ndjson"


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
