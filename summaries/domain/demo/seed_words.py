"""What seeded sessions are about: cases with their words, put together anew for each session. Pure."""

import random
from dataclasses import asdict, dataclass
from typing import Any

from summaries.content import Statement, Step, SummaryContent
from summaries.enums import Outcome


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of problem. *issue_type* and *application* are names of a new company's taxonomy."""

    issue_type: str
    application: str
    title: str
    problem: str
    cause: str
    action: str
    command: str


CASES = (
    Case(
        "Printer",
        "Print Spooler",
        "Printer {thing} offline",
        "The printer on {floor} did not print since the {event}.",
        "A document of {size} MB was stuck in the queue.",
        "Emptied the print queue and restarted the spooler with `{command}`.",
        "net start spooler",
    ),
    Case(
        "VPN",
        "AnyConnect",
        "VPN tunnel breaks off at {floor}",
        "The VPN connection broke off every {size} minutes after the {event}.",
        "The certificate of the gateway {thing} had ended.",
        "Installed the new certificate and connected again with `{command}`.",
        "rasdial office",
    ),
    Case(
        "E-mail",
        "Outlook",
        "Outlook asks for the password of {thing}",
        "Outlook asked for the password again and again since the {event}.",
        "An old password was stored in the credential manager.",
        "Removed the stored password and signed in again; `{command}` shows none.",
        "cmdkey /list",
    ),
    Case(
        "Disk space",
        "systemd",
        "Disk full on {thing}",
        "The service on {floor} stopped with “no space left on device”.",
        "The journal had grown to {size} GB after the {event}.",
        "Shortened the journal with `{command}` and started the service.",
        "journalctl --vacuum-size=500M",
    ),
    Case(
        "Sign-in",
        "Active Directory",
        "Account {thing} locked",
        "The remote user could not sign in at {floor} after the {event}.",
        "A phone with an old password had locked the account {size} times.",
        "Unlocked the account with `{command}` and removed the phone’s profile.",
        "Unlock-ADAccount",
    ),
    Case(
        "Web server",
        "nginx",
        "Web shop answers 502 on {thing}",
        "The web shop answered 502 since the {event}.",
        "The upstream on {floor} had {size} open connections and took no more.",
        "Raised the limit, checked it with `{command}` and reloaded nginx.",
        "nginx -t",
    ),
    Case(
        "Software installation",
        "PowerShell",
        "Installation of {thing} rolls back",
        "The installation rolled back at {size} percent, on {floor}.",
        "A reboot of the {event} was pending.",
        "Restarted the device and installed again with `{command}`.",
        "msiexec /i setup.msi",
    ),
    Case(
        "Backup",
        "PostgreSQL",
        "Restored table of {thing} from backup",
        "Orders of {size} days were missing after the {event}.",
        "A clean-up job on {floor} had deleted them.",
        "Restored the table with `{command}` and compared the counts.",
        "pg_restore --table orders",
    ),
)
_THINGS = ("accounts", "reception", "warehouse", "billing", "sales", "workshop", "payroll", "dispatch", "archive")
_FLOORS = ("the ground floor", "the second floor", "the annex", "the café", "the laboratory", "the terminal server")
_EVENTS = ("update of Monday", "move", "power cut", "migration", "driver update", "audit", "holidays")
_OUTCOMES = (Outcome.RESOLVED,) * 7 + (Outcome.PARTLY_RESOLVED, Outcome.UNRESOLVED, Outcome.UNKNOWN)
#: What a supporter wrote by hand, with accents as people write them, or without.
_NOTES = (
    "",
    "",
    "",
    "Caller was Renée, back at two.",
    "Rückruf vereinbart.",
    "Invoice to head office.",
    "Second visit.",
)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one session."""

    case: Case
    notes: str
    ticket: str
    content: SummaryContent

    def stored(self) -> dict[str, Any]:
        """The content as `SummaryRevision.content` holds it."""
        return asdict(self.content)


def tell(*, hand: random.Random) -> Told:
    """Another session of some case. Rare words (an asset's tag, a ticket) occur in one session or a few."""
    # One draw is split: drawing is what takes most of the time, a million times.
    draw = hand.getrandbits(64)
    case, draw = CASES[draw % len(CASES)], draw >> 6
    words = {
        "thing": f"{_THINGS[draw % 9]} {_tag(draw >> 8)}",
        "floor": _FLOORS[(draw >> 30) % 6],
        "event": _EVENTS[(draw >> 33) % 7],
        "size": str(2 + (draw >> 36) % 90),
        "command": case.command,
    }
    outcome = _OUTCOMES[(draw >> 43) % 10]
    ticket = f"INC-{(draw >> 20) % 10_000_000:07}" if (draw >> 47) % 3 == 0 else ""
    return Told(case, _NOTES[(draw >> 50) % 7], ticket, _content(case, words, outcome))


def _content(case: Case, words: dict[str, str], outcome: Outcome) -> SummaryContent:
    ended = {Outcome.RESOLVED: "It works again, the remote user said.", Outcome.UNKNOWN: ""}
    said = ended.get(outcome, "It works in part; a colleague goes on.")
    return SummaryContent(
        title=case.title.format(**words),
        problem=(Statement(case.problem.format(**words), (1, 2)),),
        cause=(Statement(case.cause.format(**words), (4,)),),
        steps=(Step(Statement(case.action.format(**words), (5, 6)), case.application, (case.command,), 90_000),),
        outcome=outcome,
        outcome_statements=(Statement(said, (9,)),) if said else (),
        issue_types=(case.issue_type,),
        applications=(case.application,),
    )


def _tag(number: int) -> str:
    """An asset's tag of letters, one of 400,000."""
    letters = "bdfgklmnprstvz"
    number %= 14**4 * 10
    return "".join(letters[number // 14**place % 14] for place in range(4)) + str(number // 14**4)
