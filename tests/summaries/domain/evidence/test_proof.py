import pytest

from summaries.domain.evidence.proof import confirms, denies, proof_of, sign_of
from summaries.domain.evidence.transcript import read_runs
from tests.summaries.hand_made import session


def sign(command, output="", status=""):
    rows = [("COMMAND", command)]
    rows += [("OUTPUT", output)] if output else []
    rows += [("EXIT", status)] if status else []
    found = sign_of(read_runs(session(*rows))[0])
    return found and (found.passed, found.line)


@pytest.mark.parametrize(
    ("command", "output", "status", "verdict"),
    [
        ("systemctl status x", "● x\n   Active: active (running)", "", (True, "Active: active (running)")),
        (
            "systemctl status x",
            "Active: failed (Result: exit-code)",
            "3",
            (False, "Active: failed (Result: exit-code)"),
        ),
        ("systemctl is-active x", "active", "0", (True, "active")),
        ("systemctl is-active x", "", "0", (True, "")),
        ("systemctl is-active x", "", "3", (False, "")),
        ("systemctl is-active x", "active", "3", (False, "")),
        ("systemctl status x", "sudo: command not found", "", (False, "")),
        ("systemctl status x", "something else", "", None),
        ("df -h /", "/dev/sda1 10G 10G 0 100% /", "", (False, "/dev/sda1 10G 10G 0 100% /")),
        ("df -h /", "tmpfs 1G 1G 0 100% /run\n/dev/sda1 10G 4G 6G 40% /", "", (True, "/dev/sda1 10G 4G 6G 40% /")),
        ("df -h /", "/dev/sda1 10G 9G 1G 92% /", "0", None),
        ("ls", "Active: active (running)", "0", None),
        ("pytest", "3 passed, 1 failed", "", (False, "3 passed, 1 failed")),
        ("pytest", "4 passed in 0.1s", "0", (True, "4 passed in 0.1s")),
        ('pytest || echo "4 passed"', "4 passed", "", None),
        ("pytest || true", "", "0", None),
        ("cd x; pytest", "", "0", (True, "")),
        ("ping -c1 a", "1 packets transmitted, 1 received, 0% packet loss", "", (True,)),
        ("ping -c1 a", "1 packets transmitted, 0 received, 100% packet loss", "", (False,)),
        (
            "nginx -t",
            "2026/11/22 08:32:56 [emerg] 1#1: unknown directive",
            "",
            (False, "[emerg] 1#1: unknown directive"),
        ),
    ],
)
def test_sign_of_reads_the_verdict_of_a_check(command, output, status, verdict):
    found = sign(command, output, status)
    assert found == verdict if verdict is None or len(verdict) == 2 else found[:1] == verdict


@pytest.mark.parametrize(
    "text",
    ["It works now, thanks!", "thank you, that fixed it", "Perfecto, ya funciona", "Danke, jetzt geht es wieder"],
)
def test_confirms_takes_a_persons_word(text):
    assert confirms(text)


@pytest.mark.parametrize(
    "text",
    [
        "works now?",
        "If it works now tell me",
        "it's not working now",
        "It works now, but still the same error",
        "I'll bring it back to the airport",
        "mark this ticket as RESOLVED",
        "hello",
        "I will confirm once it is fixed",
    ],
)
def test_confirms_refuses_conditions_wishes_and_orders(text):
    assert not confirms(text)


def test_denies_recognises_what_is_still_broken():
    assert [denies(text) for text in ("still not printing", "geht leider nicht", "thanks", "sigue igual")] == [
        True,
        True,
        False,
        True,
    ]


def test_proof_of_counts_checks_repeats_changes_and_persons():
    interactions = session(
        ("COMMAND", "systemctl is-active x"),
        ("OUTPUT", "inactive"),
        ("COMMAND", "export-stock"),
        ("OUTPUT", "error: no folder"),
        ("COMMAND", "mkdir /srv/export"),
        ("EXIT", "0"),
        ("COMMAND", "export-stock"),
        ("EXIT", "0"),
        ("COMMAND", "agent"),
        ("OUTPUT", "Task completed successfully"),
        ("EXIT", "0"),
        ("COMMAND", "systemctl is-active x"),
        ("OUTPUT", "active"),
        ("CHAT", "it works now", "REMOTE_USER"),
        ("CHAT", "it works now", "SUPPORTER"),
        ("CHAT", "still not working", "SUPPORTER"),
        ("CHAT", "it works again", "REMOTE_USER"),
    )
    proof = proof_of(interactions, cited=range(17))
    assert proof.success == {6, 8, 12, 13, 14}
    assert proof.failure == {1, 2, 3, 4, 16}
