"""Interactions masked per second, beside the same batches only joined and scanned by one pattern that never matches.

`python -m tests.bench.redaction [--json]`. The limit is what any redactor in Python pays at least. Both are
CPU time of one process, the best of five rounds.

The goal follows from the one for ingest: with masking at least 0.4 of what is stored without it, 102,000
interactions/s. That is 40,800/s or 24.5 µs for one; storing it takes 9.8 µs of them, which leaves 14.7 µs for masking
it: 68,000/s. On the idle machine where that was measured, this limit was 577,000/s, hence 0.12. The lines are ten kinds
of what terminals show, two in ten of them with something to mask, which is more than most sessions hold.
"""

import argparse
import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import replace

BATCH, BATCHES, ROUNDS = 500, 20, 5
GOAL = 0.12
_NOTHING = re.compile(r"\x01never\x01")
LINES = (
    "$ systemctl status nginx.service",
    "Nov 20 10:02:13 web01 nginx[4024]: bind() to 0.0.0.0:80 failed (98: Address already in use)",
    "/dev/sda1        20511312  19456720      2048 100% /",
    "-rw-r--r-- 1 root root  10485760 2026-11-20 09:14 /var/log/syslog.1",
    "Unpacking libstdc++6:amd64 (12.2.0-14+deb12u1) over (12.2.0-13) ...",
    "I can sign in again, thank you very much!",
    "the mail client says that the server refused the sign-in",
    "Get:7 http://deb.example.org/debian bookworm/main amd64 curl amd64 7.88.1-10 [315 kB]",
    "please write to bob@northwind.example or call +49 89 1234567",
    "inet 192.168.1.17/24 brd 192.168.1.255 scope global eth0",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    figures = measure()
    if arguments.json:
        print(json.dumps(figures))
    else:
        print(
            "{name}: {ours:,.0f} interactions/s, limit {limit:,.0f}/s, ratio {ratio:.3f}, goal {goal}".format(**figures)
        )


def measure() -> dict[str, str | float]:
    from summaries.enums import Kind  # imported after django.setup()
    from summaries.redaction.redactor import Redactor
    from summaries.sources.base import CapturedInteraction

    rows = [
        CapturedInteraction(n, Kind.OUTPUT, f"{LINES[n % len(LINES)]} {n}", title="Terminal")
        for n in range(BATCH * BATCHES)
    ]
    batches = [rows[at : at + BATCH] for at in range(0, len(rows), BATCH)]

    def only_scan() -> None:
        for batch in batches:
            _NOTHING.search("\n".join(row.text for row in batch))
            [replace(row) for row in batch]

    def mask() -> None:
        redactor = Redactor("bench")
        for batch in batches:
            redactor.mask(batch)

    ours, limit = _rate(mask, len(rows)), _rate(only_scan, len(rows))
    return {
        "name": "redaction",
        "ours": round(ours),
        "limit": round(limit),
        "ratio": round(ours / limit, 3),
        "goal": GOAL,
    }


def _rate(work: Callable[[], None], count: int) -> float:
    seconds = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        seconds.append(time.process_time() - begin)
    return count / min(seconds)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "insights_portal.test_settings")
    import django

    django.setup()
    main()
