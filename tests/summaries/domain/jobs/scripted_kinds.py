"""Kinds of jobs that do to each session what a test says."""

from typing import ClassVar

from accounts.permissions import Permission
from summaries.domain.jobs.kinds import JobKind, ResultFile


class Killed(BaseException):
    """As a worker that is killed: nothing catches it."""


class Scripted(JobKind):
    """Does to each session what a test says; `seen` tells in which order, and whether it was begun before."""

    code = "scripted"
    label = "Scripted"
    permission = Permission.VIEW_SUMMARIES
    portion = 2

    def __init__(self, **by_number):
        self.by_number = by_number
        self.seen = []
        self.begun = self.finished = 0
        self.prepared = []

    def will(self, count):
        return f"{count} will"

    def did(self, count):
        return f"{count} did"

    def begin(self, run):
        self.begun += 1

    def prepare(self, run, sessions):
        self.prepared.append([session.number for session in sessions])

    def step(self, step):
        self.seen.append((step.session.number, step.is_repeated))
        error = self.by_number.get(f"s{step.session.number}")
        if error is not None:
            raise error

    def finish(self, run):
        self.finished += 1
        error = self.by_number.get("finish")
        if error is not None:
            raise error
        return super().finish(run)


class OnceScripted(Scripted):
    is_atomic = True


class WithFile(Scripted):
    """Writes one line for each session into a file."""

    needs_file: ClassVar = True

    def step(self, step):
        super().step(step)
        (step.folder / f"{step.place}.part").write_text(f"{step.session.label}\n")

    def finish(self, run):
        super().finish(run)
        made = run.folder / "made"
        parts = sorted(run.folder.glob("*.part"))
        made.write_text("".join(part.read_text() for part in parts))
        return ResultFile(made, "sessions.txt", "text/plain")
