"""What masking changes in real recordings: every line of it, and nothing else."""

from pathlib import Path

from summaries.redaction.redactor import Redactor
from summaries.sources.base import RecordingFile, RecordingNotes
from summaries.sources.registry import recognise

RECORDINGS = Path(__file__).parents[2] / "recordings"


def changed_lines(name: str) -> list[tuple[str, str]]:
    """(line as recorded, line as masked) for each line that masking changes."""
    with (RECORDINGS / name).open("rb") as stream:
        rows = list(recognise(stream, name).read(RecordingFile(stream, name), RecordingNotes()))
    result = Redactor("session").mask(rows)
    lines = zip(
        "\n".join(row.text for row in rows).split("\n"), "\n".join(row.text for row in result).split("\n"), strict=True
    )
    return [(before, after) for before, after in lines if before != after]


def test_only_addresses_and_typed_passwords_of_a_mail_server_session_are_masked() -> None:
    succeeded = ("passdb: clerk@acme.example auth succeeded", "passdb: [EMAIL-1] auth succeeded")
    user = ("  user=clerk@acme.example", "  user=[EMAIL-1]")
    login = ("doveadm auth login clerk@acme.example", "doveadm auth login [EMAIL-1]")
    typed = ("Winter-is-over-7", "[PASSWORD-1]")
    assert changed_lines("mail-sign-in-refused.cast") == [
        (
            "# the mail program of clerk@acme.example asks for the password again and again",
            "# the mail program of [EMAIL-1] asks for the password again and again",
        ),
        *(login, typed, succeeded, user),
        ("clerk@acme.example:nologin=y reason=locked", "[EMAIL-1]:nologin=y reason=locked"),
        *(login, typed, succeeded, user),
        ("  clerk@acme.example", "  [EMAIL-1]"),
    ]


def test_messages_of_passwd_stay_and_only_the_typed_password_is_masked() -> None:
    assert changed_lines("account-unlocked.mcrec") == [("Tram-Window-58", "[PASSWORD-1]")] * 2


def test_a_recording_without_secrets_is_left_alone() -> None:
    names = ("disk-full-cleared.cast", "printer-queue-stuck.cast", "web-server-bad-line.cast", "guide-uploaded.mcrec")
    assert [changed_lines(name) for name in names] == [[], [], [], []]
