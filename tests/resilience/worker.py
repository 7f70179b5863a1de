"""A process of its own on a test's database: takes orders as lines of JSON, and forks for each of them.

An order may name the SQL statement before which the fork kills itself (`die_at`), or the first statement outside a
transaction, counted from `pause_at`, before which it stops until it is told to go on. So a test reaches every moment
of a run without a clock. Orders and replies are described at `tests.resilience.processes`.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.db import connection


class Statements:
    """Counts what goes to the database, and stops the process before one of them."""

    def __init__(self, *, die_at: int | None = None, pause_at: int | None = None) -> None:
        self.count = 0
        self.die_at = die_at
        self.pause_at = pause_at

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        if self.count == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        # Inside a transaction it would hold what the other process waits for.
        if self.pause_at is not None and self.count >= self.pause_at and not connection.in_atomic_block:
            self.pause_at = None
            os.kill(os.getpid(), signal.SIGSTOP)
        return execute(sql, params, many, context)


def work(order: dict[str, Any], answer_to: int) -> None:
    """Do the order in this fork and write the answer; never returns."""
    statements = Statements(die_at=order.get("die_at"), pause_at=order.get("pause_at"))
    status = 0
    try:
        with connection.execute_wrapper(statements):
            result = getattr(import_module("tests.resilience.actions"), order["do"])(**order["with"])
        answer = {"result": result, "statements": statements.count}
    except BaseException:  # noqa: BLE001  (the fork ends here; the test shows what went wrong)
        answer, status = {"error": traceback.format_exc()}, 1
    connection.close()
    with os.fdopen(answer_to, "w") as stream:
        json.dump(answer, stream)
    os._exit(status)


def start(order: dict[str, Any]) -> tuple[int, int]:
    """Fork for the order. Returns the fork and the end of the pipe that its answer comes from."""
    answer_from, answer_to = os.pipe()
    fork = os.fork()
    if fork == 0:
        os.close(answer_from)
        work(order, answer_to)
    os.close(answer_to)
    return fork, answer_from


def outcome(fork: int, answer_from: int) -> dict[str, Any]:
    """Wait until the fork ends or pauses."""
    with os.fdopen(answer_from, closefd=False) as stream:
        _, status = os.waitpid(fork, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            return {"paused": True}
        written = stream.read()
    os.close(answer_from)
    killed_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    return {"killed_by": killed_by, **(json.loads(written) if written else {})}


def main() -> None:
    django.setup()
    import_module("tests.resilience.actions")  # once, not in each fork
    paused: tuple[int, int] | None = None
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "resume":
            assert paused is not None
            running, paused = paused, None
            os.kill(running[0], signal.SIGCONT)
        else:
            running = start(order)
        reply = outcome(*running)
        if "paused" in reply:
            paused = running
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()
    if paused is not None:
        os.kill(paused[0], signal.SIGKILL)
        os.waitpid(paused[0], 0)


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main()
