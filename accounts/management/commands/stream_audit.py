"""Hands the audit log to a log server (SIEM), entry by entry."""

import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.domain import audit_stream
from accounts.domain.audit_export import json_line, told
from accounts.domain.audit_stream import begin_stream, note_sent
from accounts.domain.queries import all_companies, company_by_slug
from accounts.models import AuditEntry, Company
from insights_portal.lib.syslog import MOST_DATAGRAM_BYTES, Connection, UnableToSend, frame, read_address

#: Hands over one entry.
Send = Callable[[Company, AuditEntry], None]
#: Waits for seconds; raises UnableToSend where the target goes away meanwhile.
LookOut = Callable[[float], None]
#: Between two looks for new entries.
_INTERVAL = 2.0
#: What a server that hangs up takes at most to say so.
_GRACE = 1.0


class Command(BaseCommand):
    help = (
        "Write the sealed entries of the audit log, one JSON object each, to standard output or to a syslog server "
        "(RFC 5424). A target goes on where it stopped; an entry whose handing-over broke off is sent again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        target = parser.add_mutually_exclusive_group(required=True)
        target.add_argument("--output", choices=["-"], help="-: standard output, as JSON Lines.")
        target.add_argument("--syslog", metavar="udp|tcp://HOST:PORT")
        parser.add_argument("--company", default="", metavar="SLUG", help="Only this company.")
        parser.add_argument("--name", default="", help="Name of the place to go on from; else the target's own.")
        parser.add_argument("--again", action="store_true", help="From the first entry on.")
        parser.add_argument("--follow", action="store_true", help="Keep on with what comes.")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["syslog"]:
                self._to_server(options)
            else:
                self._stream(options, options["name"] or "stdout", self._write, time.sleep)
        except UnableToSend as error:
            raise CommandError(str(error), returncode=1) from error
        except (BrokenPipeError, KeyboardInterrupt):
            # Whoever read has read enough.
            return

    def _to_server(self, options: dict[str, Any]) -> None:
        server = read_address(options["syslog"])
        is_datagram = server.scheme == "udp"
        with Connection(server) as connection:

            def send(company: Company, entry: AuditEntry) -> None:
                connection.send(_framed(company, entry, most=MOST_DATAGRAM_BYTES if is_datagram else None))

            grace = 0.0 if is_datagram else _GRACE
            self._stream(options, options["name"] or str(server), send, connection.look_out, grace)

    def _write(self, company: Company, entry: AuditEntry) -> None:
        self.stdout.write(json_line(company, entry), ending="")

    def _stream(self, options: dict[str, Any], target: str, send: Send, look_out: LookOut, grace: float = 0.0) -> None:
        companies = _companies(options["company"])
        for company in companies:
            begin_stream(company=company, target=target, at=timezone.now(), again=options["again"])
        places: dict[Company, int] = {}
        while True:
            earlier = dict(places)
            ends = [_hand_over(company, target, send, places) for company in companies]
            is_all = all(ends)
            if not places:
                if not options["follow"]:
                    return
                look_out(_INTERVAL)
                continue
            self.stdout.flush()
            # What was handed over last does not arrive where a server hangs up, which takes it a moment: it is noted
            # after that moment, or once the next entries are out.
            look_out(grace if is_all else 0.0)
            for company, sequence in (places if is_all else earlier).items():
                note_sent(company=company, target=target, sequence=sequence)
            if is_all:
                places.clear()


def _hand_over(company: Company, target: str, send: Send, places: dict[Company, int]) -> bool:
    """Send the next entries, enter how far that came in *places*; whether there are no more."""
    entries = audit_stream.unsent(company=company, target=target, after=places.get(company, 0))
    for entry in entries:
        send(company, entry)
    if entries:
        places[company] = entries[-1].seal.sequence
    return len(entries) < audit_stream.BATCH


def _framed(company: Company, entry: AuditEntry, *, most: int | None) -> bytes:
    moment = told(company, entry)["at"]
    framed = frame(moment=moment, message_id=entry.action, message=json_line(company, entry).rstrip("\n"))
    if most is not None and len(framed) > most:
        entry.details = {"left_out": "too long for a datagram; the entry has it"}
        framed = frame(moment=moment, message_id=entry.action, message=json_line(company, entry).rstrip("\n"))
    return framed


def _companies(slug: str) -> list[Company]:
    company = company_by_slug(slug) if slug else None
    if slug and company is None:
        raise CommandError(f"There is no company “{slug}”. Give its short name, as in the settings.", returncode=1)
    return [company] if company else all_companies()
