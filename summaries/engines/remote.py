"""Starts summaries of remote engines in the process's event loop, and hands them back to the thread that waits."""

import asyncio
import time
from concurrent.futures import Future
from queue import Empty, SimpleQueue

from insights_portal.lib.async_http import outbound_loop
from summaries.engines.base import EngineError, PreparedSummary, SummaryDraft

Ending = SummaryDraft | EngineError | BaseException


class InFlight:
    """Summaries that are being written, each under a key of the caller's, and those that came back."""

    def __init__(self) -> None:
        self._ended: SimpleQueue[tuple[int, Ending]] = SimpleQueue()

    def start(self, key: int, prepared: PreparedSummary) -> None:
        future = asyncio.run_coroutine_threadsafe(prepared.write(), outbound_loop())
        future.add_done_callback(lambda done: self._ended.put((key, _ending_of(done))))

    def pause(self, seconds: float) -> None:
        """Do nothing for so long; what is in flight goes on."""
        time.sleep(seconds)

    def ended(self, *, most: int, wait_seconds: float) -> list[tuple[int, Ending]]:
        """Up to *most* that ended; waits so long for the first, and not at all for 0."""
        found: list[tuple[int, Ending]] = []
        try:
            found.append(self._ended.get(block=wait_seconds > 0, timeout=wait_seconds or None))
            while len(found) < most:
                found.append(self._ended.get_nowait())
        except Empty:
            pass
        return found


def _ending_of(done: "Future[SummaryDraft]") -> Ending:
    return done.exception() or done.result()
