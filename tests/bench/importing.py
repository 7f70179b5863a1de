"""How fast a 4 MB asciicast is imported, and how much memory that takes above idle.

    python -m tests.bench.importing [--json] [--megabytes 4]

`limit` is the same recording read line by line as JSON and nothing else; `ours` is the whole import: read, rendered,
masked and stored in a throwaway SQLite database. MB/s; memory is the peak of the process above what it held before.
"""

import argparse
import io
import json
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

GOAL_MB_PER_SECOND = 1.0
GOAL_MEMORY_MB = 150


def recording(megabytes: float) -> bytes:
    """A shell session of listings, log lines, progress bars and colours, as asciicast v2."""
    hand = random.Random(4)
    out = io.StringIO()
    out.write(json.dumps({"version": 2, "width": 120, "height": 40, "timestamp": 1795161600}) + "\n")
    moment = 0.0
    while out.tell() < megabytes * 1e6:
        moment += 0.4
        out.write(json.dumps([round(moment, 3), "o", "\x1b[?2004h\x1b]0;root@web: ~\x07root@web:~# "]) + "\n")
        command = hand.choice(
            ["journalctl -u nginx -n 40", "ls -la /var/log", "apt-get update", "tail /var/log/syslog"]
        )
        for key in command:
            moment += 0.05
            out.write(json.dumps([round(moment, 3), "i", key]) + "\n" + json.dumps([round(moment, 3), "o", key]) + "\n")
        out.write(json.dumps([round(moment, 3), "o", "\r\n\x1b[?2004l\r"]) + "\n")
        for line in range(hand.randint(10, 120)):
            moment += 0.01
            text = f"Nov 20 09:{line % 60:02} web nginx[{hand.randint(100, 999)}]: \x1b[32mGET\x1b[0m /shop/{line} 200"
            out.write(json.dumps([round(moment, 3), "o", text + "\r\n"]) + "\n")
        for percent in range(0, 100, 9):
            out.write(json.dumps([round(moment, 3), "o", f"\rFetched {percent}%"]) + "\n")
        out.write(json.dumps([round(moment, 3), "o", "\r\n"]) + "\n")
    return out.getvalue().encode()


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--megabytes", type=float, default=4.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "insights_portal.test_settings")
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        result = measure(recording(options.megabytes), folder)
    if options.json:
        print(json.dumps(result))
    else:
        print("\n".join(f"{name}: {value}" for name, value in result.items()))
    sys.exit(0 if result["reached"] else 1)


def measure(data: bytes, folder: str) -> dict:
    import django  # settings are named by main

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from accounts.domain.ai_settings import activate
    from accounts.domain.companies import create_company
    from accounts.domain.members import add_member
    from summaries.domain.imports.recordings import ImportOrder, import_recording
    from summaries.sources.base import RecordingFile

    call_command("migrate", verbosity=0)
    now = timezone.now()
    company = create_company(name="Bench", slug="bench", plan="TENSOR", at=now)
    member = add_member(company=company, email="b@bench.example", name="B", role_names=["Administrator"], at=now).user
    company.ai_settings.outgoing_enabled = True
    company.ai_settings.save()
    activate(ai_settings=company.ai_settings, actor=member, at=now)
    path = Path(folder) / "session.cast"
    path.write_bytes(data)

    def run(name: str, content: bytes) -> float:
        path = Path(folder) / name
        path.write_bytes(content)
        with path.open("rb") as stream:
            order = ImportOrder(
                company=company,
                recording=RecordingFile(stream, name),
                supporter=member,
                consent_statement="Bench.",
                actor=member,
                at=now,
            )
            begun = time.perf_counter()
            import_recording(order=order)
            return time.perf_counter() - begun

    run("warm.cast", recording(0.1))
    idle = peak_mb()
    seconds = run("session.cast", data)
    above_idle = peak_mb() - idle
    begun = time.perf_counter()
    with path.open("rb") as stream:
        for line in stream:
            json.loads(line)
    limit_seconds = time.perf_counter() - begun
    megabytes = len(data) / 1e6
    ours, limit = megabytes / seconds, megabytes / limit_seconds
    return {
        "name": "importing",
        "ours": round(ours, 2),
        "limit": round(limit, 2),
        "ratio": round(ours / limit, 4),
        "goal": f">= {GOAL_MB_PER_SECOND} MB/s, < {GOAL_MEMORY_MB} MB above idle",
        "megabytes": round(megabytes, 2),
        "memory_above_idle_mb": round(above_idle, 1),
        "reached": ours >= GOAL_MB_PER_SECOND and above_idle < GOAL_MEMORY_MB,
    }


if __name__ == "__main__":
    main()
