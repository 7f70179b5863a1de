from collections.abc import Mapping
from typing import Any

import msgspec
from rest_framework.renderers import JSONRenderer


class PlainJSONRenderer(JSONRenderer):
    """For answers of plain values, in a tenth of the time; what is more than that, such as problems, is written as
    everywhere.
    """

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        try:
            return msgspec.json.encode(data)
        except TypeError:
            body: bytes = super().render(data, accepted_media_type, renderer_context)
            return body
