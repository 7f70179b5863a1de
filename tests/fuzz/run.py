"""Fuzzes every parser of recordings, each in a process of its own.

    python -m tests.fuzz.run [--seconds 600] [--only CODE …] [--seed 0] [--jobs 1]

Mutants that show something new are mutated further. It fails on any exception but UnableToRead, on time that runs
backwards, on a text that can't be stored, on a file that takes longer than a minute, and on memory beyond the bound.
What failed lies in var/fuzz/ with its traceback; `--again FILE --only CODE` reads it once more.
"""

import argparse
import hashlib
import os
import random
import resource
import signal
import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

import django

FOLDER = Path(__file__).parents[2] / "var" / "fuzz"
#: How much memory one process may take above what it held before it read the first file, in MiB.
MEMORY_MB = 400
#: How long one file may take, in seconds of the processor's time; a mutant has up to 12 MB.
FILE_SECONDS = 60
#: How many mutants that showed something new are kept, and how long those may be.
MAX_KEPT, MAX_KEPT_BYTES = 400, 60_000
MAX_FAILURES = 5


class TookTooLong(Exception):
    """The file took more than FILE_SECONDS."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600, help="for each parser")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--again", type=Path, help="a file that failed")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "insights_portal.test_settings")
    # What a parser says of a file is in a language, which needs the applications; nothing is stored.
    django.setup()
    from tests.fuzz import corpus

    codes = options.only or [each.code for each in corpus.parsers()]
    if options.again:
        return _read_again(codes[0], options.again)
    if options.here:
        return _fuzz(codes[0], seconds=options.seconds, seed=options.seed)
    with ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(lambda code: _run_apart(code, options.seconds, options.seed), codes))
    failed = [code for code, status in zip(codes, results, strict=True) if status]
    print(f"{len(codes)} parsers, failed: {', '.join(failed) or 'none'}")
    return int(bool(failed))


def _run_apart(code: str, seconds: float, seed: int) -> int:
    command = [sys.executable, "-m", "tests.fuzz.run", "--here", "--only", code]
    return subprocess.run([*command, "--seconds", str(seconds), "--seed", str(seed)], check=False).returncode


def _fuzz(code: str, *, seconds: float, seed: int) -> int:
    from tests.fuzz import corpus, oracle
    from tests.fuzz.mutators import mutated

    parser = next(each for each in corpus.parsers() if each.code == code)
    kept = corpus.seeds()[code]
    if not kept:
        print(f"{code}: no file to begin with; add one to tests/fuzz/corpus.py")
        return 1
    # A name that is the same in each run, unlike hash().
    hand = random.Random(f"{code} {seed}")
    signal.signal(signal.SIGPROF, _stop)
    seen = {oracle.examine(parser, each) for each in kept}
    base = _memory_mb()
    _limit_memory()
    began, count, failures = time.monotonic(), 0, 0
    while time.monotonic() - began < seconds and failures < MAX_FAILURES:
        data, companion = hand.choice(kept)
        changes_companion = bool(companion) and hand.random() < 0.5
        if changes_companion:
            companion = mutated(companion, [], hand)
        else:
            data = mutated(data, [other for other, _ in kept[:50]], hand)
        count += 1
        try:
            signal.setitimer(signal.ITIMER_PROF, FILE_SECONDS)
            signature = oracle.examine(parser, (data, companion))
        except BaseException as error:
            signal.setitimer(signal.ITIMER_PROF, 0)
            if isinstance(error, KeyboardInterrupt):
                raise
            failures += 1
            _keep_failure(code, data, companion, error)
            continue
        signal.setitimer(signal.ITIMER_PROF, 0)
        if signature not in seen and len(data) <= MAX_KEPT_BYTES and len(kept) < MAX_KEPT:
            seen.add(signature)
            kept.append((data, companion))
        if _memory_mb() - base > MEMORY_MB:
            failures += 1
            _keep_failure(code, data, companion, MemoryError(f"{_memory_mb() - base:.0f} MiB above the beginning"))
            break
    rate = count / max(1, time.monotonic() - began)
    grown = f"{_memory_mb() - base:.0f} MiB"
    print(f"{code}: {count} files, {rate:.0f} a second, {len(seen)} ways, {grown}, {failures} failures", flush=True)
    return int(failures > 0)


def _stop(number: int, frame: FrameType | None) -> None:
    raise TookTooLong(f"more than {FILE_SECONDS} seconds")


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _limit_memory() -> None:
    """Let what goes far beyond the bound fail here, and not the whole machine."""
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + 4 * MEMORY_MB * 1024 * 1024,) * 2)


def _keep_failure(code: str, data: bytes, companion: bytes, error: BaseException) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    name = f"{code}-{hashlib.sha256(data + companion).hexdigest()[:12]}"
    (FOLDER / name).write_bytes(data)
    if companion:
        (FOLDER / f"{name}.timing").write_bytes(companion)
    text = "".join(traceback.format_exception(error))
    (FOLDER / f"{name}.txt").write_text(text, errors="replace")
    print(f"{code}: {type(error).__name__}: {str(error)[:200]}\n  {FOLDER / name}", flush=True)


def _read_again(code: str, path: Path) -> int:
    from tests.fuzz import corpus, oracle

    parser = next(each for each in corpus.parsers() if each.code == code)
    companion = path.with_name(f"{path.name}.timing")
    print(oracle.examine(parser, (path.read_bytes(), companion.read_bytes() if companion.exists() else b"")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
