"""How much memory a session of 100,000 interactions takes to summarise, by both engines, and how long.

    python -m tests.bench.long_session [--json] [--interactions 100000]

Each engine works in a process of its own on a throwaway SQLite database: the row is claimed, the session read, divided
into parts, summarised, checked and stored. `ours` is the peak of the process above what it held before, in MiB; `limit`
is the same for reading the interactions' rows and nothing else. Claude's engine is a process on loopback that answers
at once; `parts` is how many requests it got.
"""

import argparse
import itertools
import json
import multiprocessing
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

GOAL_MIB = 150


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill(interactions: int, base_url: str) -> int:
    """A company with one session of a long working day in a shell. Returns the summary's id."""
    from django.utils import timezone

    from accounts.domain import ai_settings as ai
    from accounts.domain.companies import create_company
    from accounts.domain.members import add_member
    from policies.enums import Reason, Verdict
    from summaries.enums import SessionStatus
    from summaries.models import Interaction, Summary, SupportSession

    at = timezone.now()
    company = create_company(name="Long", slug="long", plan="TENSOR", at=at)
    alice = add_member(
        company=company,
        email="alice@long.example",
        name="Alice",
        role_names=["Administrator"],
        password="a-long-enough-password",
        at=at,
    ).user
    own = company.ai_settings
    own.outgoing_enabled, own.engine_base_url, own.engine_model = True, base_url, "m"
    own.save()
    ai.activate(ai_settings=own, actor=alice, at=at)
    session = SupportSession.objects.create(
        company=company,
        number=1,
        status=SessionStatus.ENDED,
        supporter=alice,
        started_at=at - timedelta(hours=9),
        ended_at=at,
        verdict=Verdict.YES,
        reason=Reason.OUTGOING_CONSENTED,
        interaction_count=interactions,
    )
    rows = lines(interactions)
    while batch := [Interaction(company=company, session=session, **row) for row in itertools.islice(rows, 2000)]:
        Interaction.objects.bulk_create(batch)
    return Summary.objects.create(
        company=company,
        session=session,
        requested_engine="BUILT_IN",
        requested_language="en",
        requested_by=alice,
        requested_at=at,
    ).pk


def lines(count: int) -> Any:
    """Commands, their output of 10 to 60 lines, and their exit status."""
    hand = random.Random(5)
    number = 0
    while number < count:
        service = hand.choice(["nginx", "postgresql", "cups", "ssh", "cron"])
        command = hand.choice(["systemctl status {}", "journalctl -u {} -n 50", "systemctl restart {}", "ls /etc/{}"])
        for kind, text in (
            ("COMMAND", command.format(service)),
            *(
                ("OUTPUT", f"Nov 20 09:{n:02} web {service}[{hand.randint(100, 9999)}]: request {n} took 12 ms, ok")
                for n in range(hand.randint(10, 60))
            ),
            ("EXIT", hand.choice(["0", "0", "0", "1"])),
        ):
            number += 1
            if number > count:
                return
            yield {
                "number": number,
                "offset_ms": number * 300,
                "kind": kind,
                "text": text,
                "actor": "SUPPORTER" if kind == "COMMAND" else "SYSTEM",
            }


def in_a_process(work: Any, *arguments: Any) -> dict[str, Any]:
    context = multiprocessing.get_context("fork")
    answers: Any = context.Queue()

    def run() -> None:
        import summaries.engines.builtin
        import summaries.engines.claude  # noqa: F401 - what every worker holds is no part of the session's memory

        before, begun = peak_mib(), time.monotonic()
        work(*arguments)
        answers.put({"mib": peak_mib() - before, "seconds": time.monotonic() - begun, "whole": peak_mib()})

    process = context.Process(target=run)
    process.start()
    while answers.empty():
        if not process.is_alive() and answers.empty():
            sys.exit("The measured process ended without an answer.")
        time.sleep(0.1)
    answer: dict[str, Any] = answers.get()
    process.join()
    return answer


def make(summary_id: int, engine: str) -> None:
    from django.utils import timezone

    from summaries.domain.generation.requests import generate
    from summaries.models import Summary

    Summary.objects.filter(pk=summary_id).update(state="QUEUED", requested_engine=engine)
    generate(summary_id=summary_id, clock=timezone.now)
    summary = Summary.objects.get(pk=summary_id)
    if (summary.state, summary.engine) != ("READY", engine):
        sys.exit(f"{engine} wrote no summary: {summary.state} {summary.failure}")


def only_read(summary_id: int) -> None:
    from summaries.models import Interaction

    rows = Interaction.objects.filter(session__summary=summary_id).order_by("number")
    list(rows.values_list("number", "offset_ms", "kind", "text", "actor", "application", "title").iterator())


def measure(interactions: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    engine = [sys.executable, "-m", "tests.bench.slow_engine", "0"]
    with subprocess.Popen(engine, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        base_url = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        summary_id = fill(interactions, base_url)
        connections.close_all()
        read = in_a_process(only_read, summary_id)
        built_in = in_a_process(make, summary_id, "BUILT_IN")
        claude = in_a_process(make, summary_id, "CLAUDE")
        process.stdin.close()
    ours = max(built_in["mib"], claude["mib"])
    return {
        "name": "long_session",
        "ours": round(ours),
        "limit": round(read["mib"]),
        "ratio": round(ours / read["mib"], 2),
        "goal": f"<= {GOAL_MIB} MiB above idle",
        "built_in_mib": round(built_in["mib"]),
        "built_in_seconds": round(built_in["seconds"], 1),
        "claude_mib": round(claude["mib"]),
        "claude_seconds": round(claude["seconds"], 1),
        "whole_process_mib": round(max(built_in["whole"], claude["whole"])),
        "interactions": interactions,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--interactions", type=int, default=100_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "insights_portal.test_settings")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'long.sqlite3'}"
        figures = measure(options.interactions)
    if options.json:
        print(json.dumps(figures))
        return
    print(
        "{name}: {ours} MiB above idle, reading alone {limit} MiB, goal {goal}; built-in {built_in_mib} MiB in "
        "{built_in_seconds} s, Claude {claude_mib} MiB in {claude_seconds} s".format(**figures)
    )


if __name__ == "__main__":
    main()
