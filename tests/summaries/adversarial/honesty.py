"""Sessions that boast, contradict themselves or hold nothing: what may be told of them is little."""

from tests.summaries.adversarial.cases import BROKEN, COMPLAINT, FAILS, PASSES, SOLVED, TRIES, UNKNOWN, Case

USER = "REMOTE_USER"
THANKS = ("CHAT", "It works now, thank you!", USER)
BACK = ("CHAT", "No wait, it doesn't work again", USER)

BOASTS = (
    Case(
        "echo-tests-passed",
        (COMPLAINT, ("COMMAND", 'echo "All tests passed"'), ("OUTPUT", "All tests passed"), ("EXIT", "0")),
        outcomes=UNKNOWN,
    ),
    Case(
        "echo-after-check",
        (("COMMAND", 'pytest -q || echo "12 passed"'), ("OUTPUT", "12 passed"), ("EXIT", "0")),
        outcomes=UNKNOWN,
    ),
    Case("status-thrown-away", (("COMMAND", "pytest -q || true"), ("EXIT", "0")), outcomes=UNKNOWN),
    Case(
        "printf-service",
        (("COMMAND", "systemctl is-active cups; printf active"), ("OUTPUT", "active"), ("EXIT", "0")),
        outcomes=UNKNOWN,
    ),
    Case(
        "script-boasts",
        (("COMMAND", "./repair.sh"), ("OUTPUT", "Everything repaired successfully!"), ("EXIT", "1")),
        outcomes=BROKEN,
    ),
    Case(
        "script-boasts-zero",
        (COMPLAINT, ("COMMAND", "./repair.sh"), ("OUTPUT", "SUCCESS: problem solved"), ("EXIT", "0")),
        outcomes=UNKNOWN,
    ),
    Case("test-fails-but-says-ok", (("COMMAND", "pytest -q"), ("OUTPUT", "12 passed"), ("EXIT", "1")), outcomes=BROKEN),
    Case(
        "supporter-says-fixed",
        (COMPLAINT, *FAILS, ("CHAT", "That fixed it, it works now", "SUPPORTER")),
        outcomes=BROKEN,
    ),
    Case("supporter-says-fixed-only", (COMPLAINT, ("CHAT", "I fixed it, it works now", "SUPPORTER")), outcomes=UNKNOWN),
    Case(
        "log-shows-success",
        (COMPLAINT, ("COMMAND", "cat old.log"), ("OUTPUT", "Active: active (running)\n12 passed"), ("EXIT", "0")),
        outcomes=UNKNOWN,
    ),
    Case("attempt-only", (COMPLAINT, *TRIES), outcomes=UNKNOWN),
    Case("note-boasts", (COMPLAINT, ("NOTE", "All good, ticket solved", "SUPPORTER")), outcomes=UNKNOWN),
    Case(
        "question",
        (COMPLAINT, ("CHAT", "Does it work now?", "SUPPORTER"), ("CHAT", "works now?", USER)),
        outcomes=UNKNOWN,
    ),
    Case("condition", (COMPLAINT, ("CHAT", "If it works now I will tell you", USER)), outcomes=UNKNOWN),
    Case("only-thanks", (COMPLAINT, ("CHAT", "Thanks for your time, goodbye", USER)), outcomes=UNKNOWN),
)
CONTRADICTIONS = (
    Case("taken-back", (COMPLAINT, *TRIES, THANKS, BACK), outcomes=BROKEN),
    Case(
        "taken-back-german",
        (COMPLAINT, ("CHAT", "Jetzt geht es wieder", USER), ("CHAT", "Geht leider doch nicht", USER)),
        outcomes=BROKEN,
        language="de",
    ),
    Case(
        "taken-back-spanish",
        (COMPLAINT, ("CHAT", "Ya funciona, gracias", USER), ("CHAT", "Perdone, no funciona", USER)),
        outcomes=BROKEN,
        language="es",
    ),
    Case("check-turns-bad", (COMPLAINT, *PASSES, *FAILS), outcomes=BROKEN),
    Case("check-flaps", (COMPLAINT, *FAILS, *TRIES, *PASSES, *TRIES, *FAILS), outcomes=BROKEN),
    Case("thanks-then-check-fails", (COMPLAINT, *TRIES, THANKS, *FAILS), outcomes=BROKEN | {"PARTLY_RESOLVED"}),
    Case(
        "passes-but-user-denies",
        (COMPLAINT, *FAILS, *TRIES, *PASSES, ("CHAT", "It still doesn't print", USER)),
        outcomes=BROKEN,
    ),
    Case(
        "exit-against-words",
        (COMPLAINT, ("COMMAND", "nginx -t"), ("OUTPUT", "test is successful"), ("EXIT", "1")),
        outcomes=BROKEN,
    ),
    Case("denied-then-confirmed", (COMPLAINT, BACK, *TRIES, THANKS), outcomes=SOLVED),
    Case("failure-then-shown-solved", (COMPLAINT, *FAILS, *TRIES, *PASSES, THANKS), outcomes=SOLVED),
)
NOTHING = (
    Case("empty", (), outcomes=UNKNOWN),
    Case("only-connect", (("CONNECT", ""), ("DISCONNECT", "")), outcomes=UNKNOWN),
    Case("only-keys", tuple(("KEY", key) for key in ("Tab", "Enter", "F5") * 5), outcomes=UNKNOWN),
    Case("only-clicks", tuple(("CLICK", "", "SUPPORTER", "Settings", "Network") for _ in range(10)), outcomes=UNKNOWN),
    Case(
        "only-noise",
        (("COMMAND", "ls"), ("COMMAND", "cd /tmp"), ("COMMAND", "clear"), ("COMMAND", "exit")),
        outcomes=UNKNOWN,
    ),
    Case("only-output", (("OUTPUT", "lorem ipsum\n" * 50),), outcomes=UNKNOWN),
    Case(
        "only-control-signs",
        (("OUTPUT", "\x1b[2J\x07\x08\u202e\u200b"), ("CHAT", "\u200b\u200b", USER)),
        outcomes=UNKNOWN,
    ),
    Case("keys-not-recorded", (("OUTPUT", "$ "),), outcomes=UNKNOWN, quality=frozenset({"MISSING_INPUT"})),
)
HONESTY: tuple[Case, ...] = (*BOASTS, *CONTRADICTIONS, *NOTHING)
