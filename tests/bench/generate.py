"""Summaries in flight against an engine that takes 5 s, database writes included, beside bare asyncio calls.

    .ci/with-postgresql python -m tests.bench.generate [--json] [--sessions 3000] [--seconds 5] [--in-flight 700]

`ours` is the average number of calls that wait at the engine while one queue task makes all summaries: claims, reading,
prompts, evidence, revisions, labels, search, credits, audit entries. The engine counts; it is a process of its own.
`limit` is the same number of calls by the bare SDK with asyncio, nothing read and nothing stored, in this run.
The average is over the time from the first call to the moment when the last one was begun. Memory is the peak of the
whole process. Fairness: a small company's ten sessions are asked for when the big one's are under way; `small_waits` is
how long they took from request to summary beyond the engine's own time, in seconds.
"""

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "insights_portal.test_settings")
django.setup()

from django.conf import settings  # noqa: E402 - settings come first
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Company, User  # noqa: E402
from credits.domain.verification import discrepancies  # noqa: E402
from summaries.domain.generation.runs import generate_remotely  # noqa: E402
from summaries.enums import SummaryState  # noqa: E402
from summaries.models import Summary, SummaryRevision  # noqa: E402
from tests.bench.generate_data import add_sessions, company_of  # noqa: E402

GOAL_IN_FLIGHT, GOAL_MIB = 500, 300
SMALL = 10


def told_by(base_url: str) -> dict[str, Any]:
    with urllib.request.urlopen(base_url) as answer:
        told: dict[str, Any] = json.load(answer)
    return told


def average(before: dict[str, Any], after: dict[str, Any]) -> float:
    return float((after["area"] - before["area"]) / (after["since"] - before["since"]))


def in_a_process(work: Any, *arguments: Any) -> dict[str, Any]:
    """Run in a fork, so that memory and processor time are its own."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    answers: Any = context.Queue()

    def run() -> None:
        begun, used = time.monotonic(), time.process_time()
        more = work(*arguments)
        answers.put(
            {
                "wall": time.monotonic() - begun,
                "cpu": time.process_time() - used,
                "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                **more,
            }
        )

    process = context.Process(target=run)
    process.start()
    while answers.empty():
        if not process.is_alive() and answers.empty():
            sys.exit("The measured process ended without an answer.")
        time.sleep(0.1)
    answer: dict[str, Any] = answers.get()
    process.join()
    return answer


def make_all(base_url: str, sessions: int) -> dict[str, Any]:
    """What one queue task does; tells the engine's count when the line before it had gone."""
    watch: dict[str, Any] = {}

    def look() -> None:
        told = told_by(base_url)
        while told["answered"] + told["waiting"] < sessions + SMALL and not watch.get("over"):
            time.sleep(0.2)
            told = told_by(base_url)
        watch.setdefault("at_the_end", told)

    before = told_by(base_url)
    thread = threading.Thread(target=look)
    thread.start()
    begun = generate_remotely(clock=timezone.now, keep_going=lambda: True)
    watch["over"] = True
    thread.join()
    after = told_by(base_url)
    return {
        "begun": begun,
        "average": average(before, watch["at_the_end"]),
        "most": after["most"],
        "cpu_engine": after["cpu"] - before["cpu"],
        "cpu_database": cpu_of_the_connection(),
    }


def cpu_of_the_connection() -> float:
    """Seconds of processor that the database's process of this connection used; it is on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def call_barely(base_url: str, calls: int, in_flight: int) -> dict[str, Any]:
    """The bare SDK: no portal, nothing read, nothing stored."""
    import asyncio

    import anthropic
    import httpx2

    async def run() -> None:
        limits = httpx2.Limits(max_connections=in_flight, max_keepalive_connections=0)
        client = anthropic.AsyncAnthropic(
            api_key="none",
            base_url=base_url,
            max_retries=0,
            http_client=httpx2.AsyncClient(limits=limits, timeout=120, trust_env=False),
        )
        room = asyncio.Semaphore(in_flight)

        async def one() -> None:
            async with room:
                await client.messages.create(
                    model="slow-1",
                    max_tokens=1000,
                    system="x" * 6000,
                    messages=[{"role": "user", "content": "y" * 4000}],
                )

        await asyncio.gather(*(one() for _ in range(calls)))

    before = told_by(base_url)
    asyncio.run(run())
    after = told_by(base_url)
    return {"average": average(before, after)}


def add_small_one_later(seconds: float, small: tuple[Company, User]) -> None:
    time.sleep(seconds)
    add_sessions(*small, SMALL)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    settings.GENERATION_IN_FLIGHT = options.in_flight
    engine = [sys.executable, "-m", "tests.bench.slow_engine", str(options.seconds)]
    with subprocess.Popen(engine, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        base_url = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        big, small = company_of("big", base_url), company_of("small", base_url)
        add_sessions(*big, options.sessions)
        connections.close_all()
        late = multiprocessing.get_context("fork").Process(target=add_small_one_later, args=(options.seconds, small))
        late.start()
        ours = in_a_process(make_all, base_url, options.sessions)
        late.join()
        bare = in_a_process(call_barely, base_url, options.sessions, options.in_flight)
        process.stdin.close()
    ready = Summary.objects.filter(state=SummaryState.READY, engine="CLAUDE").count()
    if ready != options.sessions + SMALL or SummaryRevision.objects.count() != ready or list(discrepancies()):
        sys.exit(f"Only {ready} of {options.sessions + SMALL} summaries are there, or the ledger does not add up.")
    waits = [
        (made - asked).total_seconds() - options.seconds
        for asked, made in Summary.objects.filter(company=small[0]).values_list("requested_at", "current__created_at")
    ]
    return {
        "name": "generate",
        "ours": round(ours["average"]),
        "limit": round(bare["average"]),
        "ratio": round(ours["average"] / bare["average"], 2),
        "goal": f">= {GOAL_IN_FLIGHT} in flight within {GOAL_MIB} MiB",
        "most_in_flight": ours["most"],
        "mib": round(ours["mib"]),
        "mib_bare": round(bare["mib"]),
        "cpu_ms_per_summary": round(1000 * ours["cpu"] / ours["begun"], 1),
        "cpu_ms_database": round(1000 * ours["cpu_database"] / ours["begun"], 1),
        "cpu_ms_engine": round(1000 * ours["cpu_engine"] / ours["begun"], 1),
        "cpu_ms_per_call_bare": round(1000 * bare["cpu"] / options.sessions, 1),
        "summaries_per_second": round(ours["begun"] / ours["wall"], 1),
        "small_waits_median": round(statistics.median(waits), 2),
        "small_waits_most": round(max(waits), 2),
        "sessions": options.sessions,
        "seconds": options.seconds,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--sessions", type=int, default=3000, help="of the big company")
    parser.add_argument("--seconds", type=float, default=5.0, help="what the engine takes for an answer")
    parser.add_argument("--in-flight", type=int, default=settings.GENERATION_IN_FLIGHT)
    options = parser.parse_args()
    if connection.vendor != "postgresql":
        sys.exit("Run it on a throwaway PostgreSQL: .ci/with-postgresql python -m tests.bench.generate")
    figures = measure(options)
    if options.json:
        print(json.dumps(figures))
        return
    print(
        "{name}: {ours} in flight on average, {most_in_flight} at most, in {mib} MiB; bare calls {limit}; goal {goal}; "
        "{cpu_ms_per_summary} ms of processor a summary, {cpu_ms_database} of the database, {cpu_ms_engine} of the "
        "measuring engine, {summaries_per_second}/s; the small company waited "
        "{small_waits_median} s (at most {small_waits_most} s) beyond the engine's own time".format(**figures)
    )


if __name__ == "__main__":
    main()
