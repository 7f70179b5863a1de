"""Show what recordings hold, without storing anything."""

import json
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from summaries.domain.imports.inspection import Inspection, inspect_recording, inspection_as_json
from summaries.enums import Kind, QualityFlag
from summaries.sources.base import RecordingFile
from summaries.sources.pairing import pair_files


class Command(BaseCommand):
    help = (
        "Show what recordings hold: format, interactions, people, applications, time span and what could not be read. "
        "Stores nothing. Exits with 1 when a recording is refused."
    )
    # Reads files only: works before there is a database, or settings for one.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="One JSON object per recording, each on its own line.")

    def handle(self, *_args: Any, **options: Any) -> None:
        with ExitStack() as stack:
            recordings = pair_files(_opened(options["files"], stack))
            inspections = [inspect_recording(recording=recording) for recording in recordings]
        for inspection in inspections:
            if options["json"]:
                self.stdout.write(json.dumps(inspection_as_json(inspection), ensure_ascii=False))
            else:
                self.stdout.write("\n".join(_lines(inspection)) + "\n")
        refused = [inspection.name for inspection in inspections if inspection.refusal]
        if refused:
            raise CommandError(f"Refused: {', '.join(refused)}", returncode=1)


def _opened(paths: list[Path], stack: ExitStack) -> list[RecordingFile]:
    try:
        return [RecordingFile(stack.enter_context(path.open("rb")), str(path)) for path in paths]
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}. Check the name of the file.") from error


def _lines(inspection: Inspection) -> list[str]:
    lines = [inspection.name]
    if inspection.refusal:
        return [*lines, f"  refused: {inspection.refusal}"]
    started = f"{inspection.started_at:%Y-%m-%d %H:%M:%S} UTC" if inspection.started_at else "start not recorded"
    kinds = ", ".join(f"{count} {Kind(kind).label.lower()}" for kind, count in inspection.interactions_by_kind.items())
    lines += [
        f"  format: {inspection.format_label} ({inspection.format_code})",
        f"  time: {started}, {inspection.duration_ms / 1000:.1f} s",
        f"  interactions: {kinds or 'none'}",
    ]
    optional = {
        "sessions": str(inspection.sessions or ""),
        "title": inspection.title,
        "device": inspection.device_name,
        "people": ", ".join(inspection.people),
        "applications": ", ".join(inspection.applications),
        "typed without echo": str(inspection.secret_count or ""),
        "quality": "; ".join(str(QualityFlag(flag).label) for flag in inspection.quality),
        "bad records": str(inspection.bad_record_count or ""),
    }
    lines += [f"  {name}: {value}" for name, value in optional.items() if value]
    return lines + [f"    {bad.place}: {bad.problem}" for bad in inspection.bad_records]
