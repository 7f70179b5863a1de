"""The test's side of a worker: one real process that can be told, killed and paused."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

ROOT = Path(__file__).parents[2]


def database_for(folder: Path) -> str:
    """A database that other processes reach, with the test database's tables. Returns its DATABASE_URL.

    SQLite's lies in memory, so a copy in *folder* stands for it; PostgreSQL's is there for all.
    """
    if connection.vendor == "sqlite":
        path = folder / "portal.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
        return f"sqlite:///{path}"
    address = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(address._replace(path=f"/{connection.settings_dict['NAME']}"))


def environment(database_url: str, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "insights_portal.test_settings",
        "DATABASE_URL": database_url,
        "SECRET_KEY": "a-secret-of-the-test-run-that-protects-nothing-at-all",
        "HTTPS": "0",
        **more,
    }


@dataclass
class Reply:
    """How a fork ended: *killed_by* a signal or 0. *paused*: it did not; `Worker.resume` lets it go on."""

    killed_by: int = 0
    paused: bool = False
    result: Any = None
    statements: int = 0


@dataclass
class Worker:
    process: subprocess.Popen[str]
    _told: list[dict[str, Any]] = field(default_factory=list)

    def start(self, do: str, *, die_at: int | None = None, pause_at: int | None = None, **details: Any) -> None:
        """Send an order and don't wait for its end."""
        order = {"do": do, "with": details, "die_at": die_at, "pause_at": pause_at}
        self._told.append(order)
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def reply(self) -> Reply:
        assert self.process.stdout
        reply = json.loads(self.process.stdout.readline())
        assert "error" not in reply, f"{self._told[-1]}\n{reply['error']}"
        return Reply(**reply)

    def tell(self, do: str, *, die_at: int | None = None, pause_at: int | None = None, **details: Any) -> Reply:
        """Send an order and wait until it is done, dead or paused."""
        self.start(do, die_at=die_at, pause_at=pause_at, **details)
        return self.reply()

    def resume(self) -> Reply:
        return self.tell("resume")

    def state(self, slug: str) -> dict[str, Any]:
        state: dict[str, Any] = self.tell("state", slug=slug).result
        return state


@contextmanager
def worker(database_url: str) -> Iterator[Worker]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.resilience.worker"],
        cwd=ROOT,
        env=environment(database_url),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Worker(process)
        finally:
            # Closing stdin is its end; leaving the block waits for it and closes the pipes.
            assert process.stdin
            process.stdin.close()
