"""Score an engine on recordings with known facts, so that a company can measure it before trusting it."""

import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from accounts.domain.queries import company_by_slug
from accounts.enums import EngineName
from summaries.domain.evaluation.material import UnableToEvaluate, find_sessions
from summaries.domain.evaluation.sessions import Evaluation, evaluate
from summaries.engines.base import SummaryEngine
from summaries.engines.builtin import BuiltInEngine
from summaries.engines.registry import engine_for

_FIGURES = {
    "sessions": "Sessions",
    "command_recall": "Commands that the summaries state",
    "evidence_precision": "Statements with valid evidence",
    "false_success_rate": "Says resolved where a test failed",
    "outcome_accuracy": "Outcomes told rightly, where one is told",
    "outcome_unknown": "Outcomes left unknown",
    "silence_honesty": "Silent sessions that say that data is missing",
    "seconds_per_session": "Seconds per session",
}
_COUNTS = frozenset({"sessions", "seconds_per_session"})


class Command(BaseCommand):
    help = (
        "Score an engine on a folder of recordings with known facts: X.cast, X.commands.txt (what was typed, one list "
        "of keys per line) and X.results.json (is_resolved: true, false or null). Stores nothing."
    )
    # The built-in engine needs files only: works before there is a database.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument("--engine", choices=["builtin", "claude"], default="builtin")
        parser.add_argument("--company", default="", help="For claude: whose AI settings hold the key (slug).")
        parser.add_argument("--details", action="store_true", help="One row per session as well.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *_args: Any, **options: Any) -> None:
        engine = _engine(options["engine"], options["company"])
        try:
            sessions = find_sessions(folder=options["folder"])
        except UnableToEvaluate as error:
            raise CommandError(str(error), returncode=1) from error
        with tqdm(total=len(sessions), unit="session", file=self.stderr, disable=None) as bar:
            evaluation = evaluate(
                sessions=sessions,
                engine=engine,
                at=timezone.now(),
                timer=time.perf_counter,
                on_progress=lambda: _advance(bar),
            )
        details = options["details"]
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(evaluation, details=details), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_as_lines(evaluation, details=details)))


def _advance(bar: Any) -> None:
    bar.update()


def _engine(name: str, slug: str) -> SummaryEngine:
    if name == "builtin":
        return BuiltInEngine()
    company = company_by_slug(slug)
    if company is None:
        raise CommandError("Name the company whose AI settings hold the key: --company SLUG.", returncode=1)
    return engine_for(ai_settings=company.ai_settings, name=EngineName.CLAUDE)


def _as_json(evaluation: Evaluation, *, details: bool) -> dict[str, object]:
    figures = evaluation.figures()
    return {**figures, "details": [asdict(score) for score in evaluation.scores]} if details else figures


def _as_lines(evaluation: Evaluation, *, details: bool) -> list[str]:
    figures = evaluation.figures()
    width = max(len(label) for label in _FIGURES.values())
    lines = [f"{label:{width}}  {_figure(name, figures[name])}" for name, label in _FIGURES.items()]
    lines += [f"failed: {failure['session']}: {failure['problem']}" for failure in evaluation.failures]
    if details:
        lines.append("")
        lines += [
            f"{score.outcome.label:16} {_known(score.resolved):16} "
            f"{score.commands - len(score.commands_missing)}/{score.commands} commands  {score.name}: {score.title}"
            for score in evaluation.scores
        ]
    return lines


def _figure(name: str, value: object) -> str:
    if value is None:
        return "not measured: no such session"
    return str(value) if name in _COUNTS else f"{float(str(value)):.1%}"


def _known(resolved: bool | None) -> str:
    return {True: "(was resolved)", False: "(was not)", None: "(not known)"}[resolved]
