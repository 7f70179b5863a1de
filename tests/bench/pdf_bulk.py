"""Service reports of two pages into a ZIP by a job on two processes: `python -m tests.bench.pdf_bulk --json`.

Beside it WeasyPrint as it comes: one process, one document after the other, into a ZIP. A database of its own, on
SQLite, with the whole job: claims, permissions, audit entries and the archive. Reports in a second of wall time, and
processor time for each, which tells more on a machine that others use, too. Memory is the most that the job's process
and its helper held at the same time, summed up.
"""

import argparse
import io
import json
import os
import resource
import sys
import tempfile
import threading
import time
import zipfile
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "insights_portal.test_settings")
_FOLDER = tempfile.TemporaryDirectory(prefix="pdf-bulk-")
os.environ["DATABASE_URL"] = f"sqlite:///{_FOLDER.name}/bench.sqlite3"
os.environ["DATA_DIR"] = _FOLDER.name
django.setup()

from django.conf import settings  # noqa: E402 - settings come first
from django.core.management import call_command  # noqa: E402
from pypdf import PdfReader  # noqa: E402

from summaries.content import Statement, Step  # noqa: E402
from summaries.domain.jobs import folders, requests, runs  # noqa: E402
from summaries.domain.jobs.registry import KINDS  # noqa: E402
from summaries.domain.jobs.selection import Selection  # noqa: E402
from summaries.domain.reading.filters import Window, read_filters  # noqa: E402
from summaries.enums import SessionList  # noqa: E402
from summaries.models import Job, SummaryRevision  # noqa: E402
from tests.bench.pdf import as_it_comes, two_page_report  # noqa: E402
from tests.conftest import NOW, Cast, build_cast  # noqa: E402
from tests.summaries.report_examples import PRINTER  # noqa: E402
from tests.summaries.session_rows import add_session, add_summary  # noqa: E402

GOAL, MOST_MB = 2.0, 300
#: Reports that the limit is measured with: each costs the same.
LIMIT_REPORTS = 60


class MemoryWatch:
    """The most that this process and its children held at a time, in MB."""

    def __init__(self) -> None:
        self.most = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "MemoryWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.1):
            self.most = max(self.most, held_mb(os.getpid()))


def held_mb(pid: int) -> float:
    """What is in memory because of these processes; of pages that two share, each counts its part."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    held = next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return held / 1000 + sum(held_mb(int(child)) for child in children)


def make_sessions(count: int) -> Cast:
    """Sessions whose reports have two pages each, no two alike."""
    cast = build_cast()
    for number in range(1, count + 1):
        summary = add_summary(add_session(cast.northwind, cast.bob, number, hours_ago=number / 60))
        steps = tuple(
            Step(
                Statement(
                    f"Looked into the log of service {n} of {number} and set its value back to the right one.", (n,)
                ),
                "Terminal",
                (f"journalctl -u app-{number}-{n} --since today --no-pager",) if n % 2 else (),
                n * 20_000,
            )
            for n in range(1, 37)
        )
        content = asdict(replace(PRINTER, steps=steps))
        SummaryRevision.objects.filter(pk=summary.current_id).update(content=content)
    return cast


def run_job(cast: Cast, kind: str) -> Job:
    job = requests.ask_for_job(
        kind=KINDS[kind],
        selection=Selection(SessionList.HOME, read_filters("period=all"), Window()),
        company=cast.northwind,
        actor=cast.mona,
        at=NOW + timedelta(days=1),
        key=uuid4(),
    )
    while runs.run(job_id=job.pk, clock=lambda: NOW + timedelta(days=1), keep_going=lambda: True):
        pass
    job.refresh_from_db()
    assert job.state == "DONE", job.failure
    return job


def processor_seconds() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def measure_limit(count: int) -> tuple[float, float]:
    """(reports in a second, processor time for each in ms)"""
    report = two_page_report()
    as_it_comes(report)
    began, used = time.monotonic(), processor_seconds()
    with zipfile.ZipFile(io.BytesIO(), "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}.pdf", as_it_comes(report))
    return count / (time.monotonic() - began), (processor_seconds() - used) / count * 1000


def pages_in(path: Path, kind: str) -> int:
    if kind == "export_pdf_one":
        return len(PdfReader(path).pages)
    with zipfile.ZipFile(path) as archive:
        return sum(len(PdfReader(io.BytesIO(archive.read(name))).pages) for name in archive.namelist())


def measure(count: int, kind: str) -> dict[str, object]:
    call_command("migrate", verbosity=0)
    settings.DATA_DIR = _FOLDER.name
    cast = make_sessions(count)
    began, used = time.monotonic(), processor_seconds()
    with MemoryWatch() as memory:
        job = run_job(cast, kind)
    ours, ours_cpu = count / (time.monotonic() - began), (processor_seconds() - used) / count * 1000
    path = folders.result_of(job)
    pages = pages_in(path, kind) / count
    assert pages == 2, f"The reports have {pages} pages; this bench is about two."
    # Afterwards: what it leaves in memory is none of the job's.
    limit, limit_cpu = measure_limit(min(count, LIMIT_REPORTS))
    return {
        "name": "pdf_bulk",
        "kind": kind,
        "reports": count,
        "ours": round(ours, 2),
        "limit": round(limit, 2),
        "ratio": round(ours / limit, 2),
        "goal": GOAL,
        "ours_cpu_ms": round(ours_cpu, 1),
        "limit_cpu_ms": round(limit_cpu, 1),
        "most_mb": round(memory.most),
        "goal_mb": MOST_MB,
        "file_mb": round(path.stat().st_size / 1e6, 1),
        "load": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--one", action="store_true", help="one PDF instead of a ZIP")
    wish = parser.parse_args()
    result = measure(wish.reports, "export_pdf_one" if wish.one else "export_pdf_zip")
    if wish.json:
        print(json.dumps(result))
    else:
        told = (
            "{name}: {ours} reports a second, as it comes {limit}, ratio {ratio} (goal {goal} or more); processor time "
            "{ours_cpu_ms} and {limit_cpu_ms} ms each; {most_mb} MB at most (goal {goal_mb}); load {load}"
        )
        print(told.format(**result))


if __name__ == "__main__":
    sys.exit(main())
