"""Show the product at work: two companies, real recordings, summaries, web and queue."""

import os
import signal
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from summaries.domain.demo import sessions as demo
from summaries.domain.demo.credits import OPERATOR_EMAIL, ensure_credits
from summaries.domain.demo.governance import add_sessions, ensure_governance
from summaries.domain.demo.questions import ensure_questions
from summaries.domain.demo.schedules import ensure_schedules
from summaries.domain.generation.requests import generate
from summaries.domain.imports.recordings import UnableToImport


class Command(BaseCommand):
    help = "Make the demo companies, import the recordings, make their summaries, and serve the portal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="Do all but start the web and the queue.")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        self._say("Preparing the database")
        call_command("migrate", verbosity=0, interactive=False)
        for plan in demo.COMPANIES:
            demo.ensure_company(plan=plan, at=timezone.now())
        # What happened first comes first, so that ledgers read in the order of time.
        if ensure_credits(company=demo.first_company(), at=timezone.now()):
            self._say("Packs of credits offered, and two orders placed.")
        self._import()
        self._govern()
        self._summarise()
        self._ask()
        self._say(self._sign_ins(options["port"], serving=not options["no_serve"]))
        if not options["no_serve"]:
            serve(port=options["port"])

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def _import(self) -> None:
        folder = settings.DEMO_RECORDINGS
        try:
            recordings = demo.recordings(folder=folder)
        except OSError as error:
            raise CommandError(f"The demo's recordings are not there ({error}). Run it from a checkout.") from error
        new = 0
        for recording in tqdm(recordings, desc="Importing and summarising recordings", unit="recording"):
            try:
                new += demo.import_one(recording=recording, folder=folder, at=timezone.now()).created
            except UnableToImport as error:
                raise CommandError(f"{recording.name}: {error}") from error
            self._summarise()
        self._say(f"{new} recordings imported, {len(recordings) - new} were there already.")

    def _govern(self) -> None:
        company = demo.first_company()
        if ensure_governance(company=company, at=timezone.now()):
            sessions = add_sessions(company=company, at=timezone.now())
            self._say(f"Policies and groups made, and {len(sessions)} sessions that show what they decide.")

    def _summarise(self) -> None:
        for summary_id, at in demo.queued_summaries():
            generate(summary_id=summary_id, clock=demo.clock_at(at))

    def _ask(self) -> None:
        if asked := ensure_questions(company=demo.first_company(), at=timezone.now()):
            self._say(f"{asked} questions asked to the copilot.")
        if scheduled := ensure_schedules(company=demo.first_company(), at=timezone.now()):
            self._say(f"{scheduled} views go out by mail: a list each week, and the monthly report.")

    def _sign_ins(self, port: int, *, serving: bool) -> str:
        rows = [
            f"  {plan.email_of(member.name):<30} {member.role} of {plan.name}"
            for plan in demo.COMPANIES
            for member in plan.members
        ]
        rows.append(f"  {OPERATOR_EMAIL:<30} Operator of this installation, member of no company")
        address = f"\nSession Insights is ready: http://localhost:{port}/\n" if serving else "\nReady.\n"
        return "\n".join([address, f"Sign in with the password “{demo.PASSWORD}” as", *rows, ""])


def serve(*, port: int) -> None:
    """Run web and queue until one of them ends or somebody presses Ctrl+C."""
    # Requests are not logged here, so that the sign-ins stay in sight.
    environment = {"LOG_LEVEL": "WARNING", **os.environ, "HTTPS": "0"}
    # Whoever stops this command stops web and queue with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    subprocess.run([*manage, "collectstatic", "--noinput", "--verbosity=0"], env=environment, check=True)  # noqa: S603
    processes = [
        subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)  # noqa: S603
        for command in (
            [
                *[sys.executable, "-m", "gunicorn", "insights_portal.wsgi", "--bind", f"127.0.0.1:{port}"],
                *["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--log-level", "warning"],
            ],
            [*manage, "qcluster"],
        )
    ]
    try:
        os.wait()
    except KeyboardInterrupt:
        sys.stdout.write("\nStopping.\n")
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(timeout=30)
