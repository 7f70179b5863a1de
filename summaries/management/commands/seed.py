import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from accounts.models import Company
from summaries.domain.demo import seeding
from summaries.domain.demo.seed_sessions import add_sessions
from summaries.domain.rollups import counting

_PEOPLE = "It changes nothing else. A reader of the biggest company is made, with a password that is shown once."


class Command(BaseCommand):
    help = f"Add made-up companies of unequal size with many sessions, to see how the portal does with them. {_PEOPLE}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--sessions", type=int, metavar="N", help="how many sessions, over all companies")
        what.add_argument("--remove", action="store_true", help="delete what was seeded; the companies stay, empty")
        parser.add_argument("--companies", type=int, default=20, metavar="N", help="how many companies (20)")
        parser.add_argument("--yes", action="store_true", help="also where companies hold real sessions")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            self._remove()
            return
        sessions, companies = options["sessions"], options["companies"]
        if not 1 <= companies <= sessions:
            raise CommandError("Name at least one company, and a session for each.")
        if not options["yes"]:
            try:
                seeding.check_nothing_real()
            except seeding.RealSessionsInTheWay as error:
                raise CommandError(str(error)) from error
        self._seed(seeding.sizes(sessions=sessions, companies=companies))

    def _seed(self, sizes: list[int]) -> None:
        at = timezone.now()
        seeded = [seeding.ensure_company(place=place, at=at) for place in range(1, len(sizes) + 1)]
        with tqdm(total=sum(sizes), desc="Adding", unit=" sessions", disable=None) as bar, seeding.unhurried():
            for company, sessions in zip(seeded, sizes, strict=True):
                people = seeding.add_people(company=company, sessions=sessions)
                for count in add_sessions(company=company, sessions=sessions, people=people, at=at):
                    bar.update(count)
                counting.begin_anew(company=company)
            bar.set_description("Indexing")
        self._count(seeded)
        password = secrets.token_urlsafe(12)
        reader = seeding.ensure_reader(company=seeded[0], password=password, at=at)
        self.stdout.write(f"{sum(sizes):,} sessions in {len(sizes)} companies. Sign in as {reader.email}, {password}")

    def _remove(self) -> None:
        companies = seeding.seeded_companies()
        gone = 0
        with tqdm(desc="Removing", unit=" sessions", disable=None) as bar:
            for company in companies:
                for count in seeding.remove_sessions(company=company):
                    gone += count
                    bar.update(count)
        self._count(companies)
        self.stdout.write(f"{gone:,} sessions of {len(companies)} seeded companies removed.")

    def _count(self, companies: list[Company]) -> None:
        """Count the sums that the overview reads; what is broken off here, the queue goes on with."""
        total = sum(company.next_session_number - 1 for company in companies)
        with tqdm(total=total, desc="Counting", unit=" sessions", disable=None) as bar:
            for company in companies:
                while counting.count_on(company=company):
                    bar.update(counting.BATCH)
