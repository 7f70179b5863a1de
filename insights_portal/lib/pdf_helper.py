"""A second process that lays out PDFs beside this one: it gets words and pictures, and touches no database.

It is a program of its own, not a fork: it shares no connection with the process that owns it, and ends with it, since
what it reads from ends then. A line of JSON is one document; the answer is a line too.
"""

import base64
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import structlog
from django.conf import settings

from insights_portal.lib.pdf import Paper, render_pdf

log = structlog.get_logger(__name__)

#: Documents that lie ready for the helper: it never waits, and this process does the rest itself.
AHEAD = 2
#: Seconds between two calls of *keep* while the helper finishes.
PATIENCE = 10
DONE, FAILED = "done", "failed"


@dataclass(frozen=True, slots=True)
class Look:
    """What all documents have in common: stylesheets, paper, and PNGs by the name under which they are shown."""

    stylesheets: tuple[Path, ...]
    paper: Paper
    pictures: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """*html* and where its PDF is to lie."""

    html: str
    path: Path


class Helper:
    """The process and its queue. What it can't do is *left* for whoever owns it."""

    def __init__(self, look: Look) -> None:
        self.left: list[Document] = []
        self._look = look
        self._queue: queue.Queue[Document | None] = queue.Queue(AHEAD)
        self.process = subprocess.Popen(  # noqa: S603 - our own module, and no word of anybody's
            [sys.executable, "-m", __name__],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self._thread = threading.Thread(target=self._feed, daemon=True)
        self._thread.start()

    def takes(self, document: Document) -> bool:
        try:
            self._queue.put_nowait(document)
        except queue.Full:
            return False
        return True

    def finish(self, keep: Callable[[], None]) -> list[Document]:
        """Wait for what it has; returns what it could not do. *keep* is called now and then, and may raise."""
        is_told = False
        while self._thread.is_alive():
            if not is_told:
                is_told = self._told_to_end()
            else:
                self._thread.join(PATIENCE)
            keep()
        return self.left

    def close(self) -> None:
        """End it, whatever it is at; what it had not done stays undone."""
        self.process.kill()
        while self._thread.is_alive():
            self._told_to_end()
            self._thread.join(PATIENCE)
        self.process.communicate()

    def _told_to_end(self) -> bool:
        try:
            self._queue.put(None, timeout=PATIENCE)
        except queue.Full:
            return False
        return True

    def _feed(self) -> None:
        while document := self._queue.get():
            if self._asked(document) != DONE:
                self.left.append(document)

    def _asked(self, document: Document) -> str:
        look = self._look
        asked = {
            "html": document.html,
            "path": str(document.path),
            "stylesheets": [str(path) for path in look.stylesheets],
            "paper": look.paper,
            "pictures": {name: base64.b64encode(content).decode() for name, content in look.pictures.items()},
        }
        pipe, answers = self.process.stdin, self.process.stdout
        if pipe is None or answers is None or self.process.poll() is not None:
            return FAILED
        try:
            pipe.write(f"{json.dumps(asked)}\n")
            pipe.flush()
            return answers.readline().strip()
        except (OSError, ValueError):
            return FAILED


def render_all(documents: Iterable[Document], *, look: Look, keep: Callable[[], None], with_helper: bool) -> None:
    """Lay out each of *documents*, half of them in a second process. A document that can't be laid out has no file.

    *keep* is called between documents; what it raises ends the work.
    """
    with _helper(look) if with_helper else _nobody() as helper:
        for document in documents:
            keep()
            if helper is None or not helper.takes(document):
                _render_or_log(document, look)
        for document in helper.finish(keep) if helper else ():
            _render_or_log(document, look)


def render(document: Document, *, look: Look) -> None:
    """Lay out one document here. Its file is whole, or it is not there."""
    pdf = render_pdf(html=document.html, stylesheets=look.stylesheets, paper=look.paper, pictures=look.pictures)
    unfinished = document.path.with_suffix(".part")
    unfinished.write_bytes(pdf)
    unfinished.replace(document.path)


def serve(asked: TextIO, answers: TextIO) -> None:
    """The helper's own side: a line in, a line out, until there are no more."""
    for line in asked:
        each = json.loads(line)
        pictures = {name: base64.b64decode(content) for name, content in each["pictures"].items()}
        look = Look(tuple(map(Path, each["stylesheets"])), Paper(each["paper"]), pictures)
        try:
            render(Document(each["html"], Path(each["path"])), look=look)
            answer = DONE
        except Exception:  # noqa: BLE001 - whoever asked tries it again, and has the reason then
            answer = FAILED
        answers.write(f"{answer}\n")
        answers.flush()


def _render_or_log(document: Document, look: Look) -> None:
    try:
        render(document, look=look)
    except OSError:
        # The disk is full, or away: so it would be for all others.
        raise
    except Exception:
        log.exception("pdf_not_made", file=document.path.name)


@contextmanager
def _helper(look: Look) -> Iterator[Helper]:
    helper = Helper(look)
    try:
        yield helper
    finally:
        helper.close()


@contextmanager
def _nobody() -> Iterator[None]:
    yield None


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
