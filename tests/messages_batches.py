"""Batches at the loopback server: ordered, listed, asked after, called off, and what was paid for them.

    server.batches.holds = True            # nothing ends before `finish()`
    server.batches.faults["create"] = [Fault(refused(500), done=True)]   # the order is taken, the answer is not
    server.batches.paid                    # ids of the requests that were answered, each as often as it was paid

A result is what the server's replies say for the request: a message is a success, another status an error of it, and
EXPIRED no answer at all.
"""

import json
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

PATH = "/v1/messages/batches"
EXPIRED = 24


@dataclass(frozen=True)
class Fault:
    """A reply in the place of the proper one. *done*: what was asked is done all the same."""

    reply: Any
    done: bool = False


@dataclass
class Batch:
    id: str
    created_at: datetime
    requests: list[dict[str, Any]]
    is_cancelled: bool = False
    has_ended: bool = False
    lines: list[dict[str, Any]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        kinds = [line["result"]["type"] for line in self.lines]
        names = ("succeeded", "errored", "canceled", "expired")
        status = "ended" if self.has_ended else ("canceling" if self.is_cancelled else "in_progress")
        return {
            "id": self.id,
            "type": "message_batch",
            "processing_status": status,
            "request_counts": {
                "processing": 0 if self.has_ended else len(self.requests),
                **{name: kinds.count(name) for name in names},
            },
            "created_at": self.created_at.isoformat(),
            "results_url": f"https://elsewhere.example{PATH}/{self.id}/results" if self.has_ended else None,
        }


@dataclass
class Batches:
    """*answer*: (status, body) of one request of a batch. *now*: when a batch is made, by the provider's clock."""

    answer: Callable[[dict[str, Any]], tuple[int, bytes]]
    holds: bool = False
    now: datetime | None = None
    shuffles: bool = False
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    made: list[Batch] = field(default_factory=list)
    paid: list[str] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def reply(self, method: str, address: str, headers: dict[str, str], body: Any) -> tuple[Fault | None, int, bytes]:
        """(fault, status, body) of one exchange."""
        with self._lock:
            path = urlsplit(address).path.removeprefix(PATH).strip("/")
            what = self._what(method, path)
            self.asked.append((what, path))
            fault = self.faults[what].pop(0) if self.faults[what] else None
            if fault is not None and not fault.done:
                return fault, 0, b""
            if what == "create":
                self.marks.append(headers.get("idempotency-key", ""))
                return fault, 200, self._json(self.add(body["requests"]).shown())
            if what == "list":
                return fault, 200, self._json(self._page(parse_qs(urlsplit(address).query)))
            return self._of_one(what, path.split("/")[0], fault)

    def add(self, requests: list[dict[str, Any]]) -> Batch:
        """Order a batch; another user of the same workspace does it so, too."""
        batch = Batch(f"msgbatch_{len(self.made) + 1}", self.now or datetime.now(UTC), requests)
        self.made.append(batch)
        return batch

    def finish(self) -> None:
        """Answer all that is ordered."""
        with self._lock:
            for batch in self.made:
                self._end(batch)

    def texts(self) -> list[str]:
        """The first user message of each request that was ever ordered."""
        return [each["params"]["messages"][0]["content"] for batch in self.made for each in batch.requests]

    def _what(self, method: str, path: str) -> str:
        if not path:
            return "create" if method == "POST" else "list"
        return path.split("/")[1] if "/" in path else "retrieve"

    def _of_one(self, what: str, batch_id: str, fault: Fault | None) -> tuple[Fault | None, int, bytes]:
        batch = next((each for each in self.made if each.id == batch_id), None)
        if batch is None:
            return fault, 404, self._json({"type": "error", "error": {"type": "not_found_error", "message": "no"}})
        if what == "cancel":
            batch.is_cancelled = True
        if not self.holds or batch.is_cancelled:
            self._end(batch)
        if what == "results":
            return fault, 200, b"".join(self._json(line) + b"\n" for line in batch.lines)
        return fault, 200, self._json(batch.shown())

    def _page(self, query: dict[str, list[str]]) -> dict[str, Any]:
        newest = self.made[::-1]
        if not self.holds:
            self.finish()
        after = query.get("after_id", [""])[0]
        ids = [each.id for each in newest]
        start = ids.index(after) + 1 if after else 0
        limit = int(query["limit"][0])
        page = newest[start : start + limit]
        return {"data": [each.shown() for each in page], "has_more": start + limit < len(newest)}

    def _end(self, batch: Batch) -> None:
        if batch.has_ended:
            return
        batch.has_ended = True
        for request in batch.requests[:: -1 if self.shuffles else 1]:
            batch.lines.append({"custom_id": request["custom_id"], "result": self._result(batch, request)})

    def _result(self, batch: Batch, request: dict[str, Any]) -> dict[str, Any]:
        if batch.is_cancelled and self.holds:
            return {"type": "canceled"}
        status, body = self.answer(request["params"])
        if status == EXPIRED:
            return {"type": "expired"}
        if status != 200:
            return {"type": "errored", "error": json.loads(body)}
        self.paid.append(request["custom_id"])
        return {"type": "succeeded", "message": json.loads(body)}

    @staticmethod
    def _json(values: Any) -> bytes:
        return json.dumps(values).encode()
