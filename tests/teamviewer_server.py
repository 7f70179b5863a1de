"""A real server on loopback that behaves as TeamViewer's Web API does: pages, a token, limits, and bad days."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

TOKEN = "script-token-1"
PATH = "/api/v1/reports/connections"


@dataclass
class WebAPI:
    """*records* in pages of *size*, told by `offset_id` alone. *next_answers* are given first, each once."""

    address: str
    records: list[dict[str, Any]] = field(default_factory=list)
    size: int = 2
    next_answers: list[Response] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        self.asked.append(dict(request.args))
        if self.next_answers:
            return self.next_answers.pop(0)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Response('{"error": "invalid_token"}', 401, content_type="application/json")
        start, end = request.args["from_date"], request.args["to_date"]
        found = [each for each in self.records if start <= str(each.get("start_date", start)) <= end]
        first = int(request.args.get("offset_id", "0"))
        page: dict[str, Any] = {"records": found[first : first + self.size]}
        if first + self.size < len(found):
            page |= {"next_offset": str(first + self.size), "records_remaining": len(found) - first - self.size}
        return Response(json.dumps(page), 200, content_type="application/json")


@pytest.fixture
def web_api(httpserver: HTTPServer, settings: Any) -> WebAPI:
    settings.OUTBOUND_ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    api = WebAPI(httpserver.url_for("").rstrip("/"))
    httpserver.expect_request(PATH).respond_with_handler(api.answer)
    return api
