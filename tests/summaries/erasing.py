"""A process of its own on a database file: writes a session with a word that must vanish, deletes it, scrubs.

`python -m tests.summaries.erasing write|withdraw|trash|purge|scrub FILE`; each prints `done`. FILE hands the link on.
"""

import sys
from datetime import timedelta
from pathlib import Path

import django

WORD = "zanzibarium"


def write(link: Path) -> None:
    from policies.enums import ConsentAnswer
    from summaries.domain.capture import append_interactions, end_session
    from summaries.domain.generation import requests as generation
    from summaries.domain.reports.notes import change_notes
    from tests.conftest import NOW, build_cast
    from tests.summaries.consent_cases import answered, chat, waiting_session

    cast = build_cast()
    session = waiting_session(cast, NOW)
    link.write_text(answered(session, cast.bob, NOW, ConsentAnswer.GIVEN).withdrawal_link)
    rows = [chat(1, f"The {WORD} driver does not start")]
    rows += [chat(number, f"filler {number} " * 40) for number in range(2, 200)]
    append_interactions(session=session, batch=rows)
    end_session(session=session, actor=cast.bob, at=NOW + timedelta(minutes=9))
    generation.generate(summary_id=session_summary(session), clock=lambda: NOW + timedelta(minutes=10))
    # The words of the log stand in the index of search, too, as a summary that names them puts them there.
    change_notes(session=session, notes=f"{WORD} again", actor=cast.mona, at=NOW)
    change_notes(session=session, notes="nothing", actor=cast.mona, at=NOW)


def session_summary(session: object) -> int:
    from summaries.models import Summary

    return Summary.objects.get(session=session).pk  # type: ignore[misc]


def withdraw(link: Path) -> None:
    from summaries.domain.consent.withdrawal import withdraw_by_link
    from tests.conftest import NOW

    withdraw_by_link(link=link.read_text(), at=NOW + timedelta(hours=1))


def trash(_: Path) -> None:
    """Delete by hand, one by one, so that the word lies in the trash in every way."""
    from accounts.models import User
    from summaries.domain.keeping.removal import delete_log, delete_report, delete_summary
    from summaries.models import SupportSession
    from tests.conftest import NOW

    session = SupportSession.objects.get()
    for delete in (delete_log, delete_summary, delete_report):
        delete(session=session, actor=User.objects.get(email="alice@northwind.example"), at=NOW + timedelta(hours=1))


def purge(_: Path) -> None:
    from summaries.domain.keeping.retention import apply
    from summaries.models import SupportSession
    from tests.conftest import NOW

    apply(company=SupportSession.objects.get().company, at=NOW + timedelta(days=31))


def scrub(_: Path) -> None:
    from summaries import tasks

    tasks.scrub()


if __name__ == "__main__":
    django.setup()
    {"write": write, "withdraw": withdraw, "trash": trash, "purge": purge, "scrub": scrub}[sys.argv[1]](
        Path(sys.argv[2])
    )
    print("done")
