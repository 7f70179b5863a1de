import pytest

from summaries.engines.builtin import BuiltInEngine
from summaries.engines.builtin.engine import MAX_TITLE
from summaries.engines.builtin.steps import MAX_STEPS
from summaries.enums import Outcome
from tests.summaries.hand_made import actions, drafted, request_of, session, summarised, texts

WEB_SERVER = [
    ("COMMAND", "service nginx status"),
    ("OUTPUT", "nginx is not running ... failed!"),
    ("COMMAND", "nginx -t"),
    ("OUTPUT", '2026/11/22 08:32:56 [emerg] 1#1: unknown directive "lissten" in /etc/nginx/sites-enabled/shop:4'),
    ("COMMAND", "cd /etc/nginx && ls sites-enabled"),
    ("OUTPUT", "shop"),
    ("COMMAND", "sed -i 's/lissten/listen/' /etc/nginx/sites-enabled/shop"),
    ("COMMAND", "service nginx start"),
    ("OUTPUT", "Starting nginx: nginx."),
    ("COMMAND", "service nginx status"),
    ("OUTPUT", "nginx is running."),
    ("COMMAND", "curl -sI http://127.0.0.1/"),
    ("OUTPUT", "HTTP/1.1 200 OK"),
]


def test_a_session_reads_from_problem_to_result():
    content = summarised(*WEB_SERVER)
    assert content.title == "Service nginx was not running"
    assert texts(content.problem) == ["At first, `service nginx status` showed: “nginx is not running ... failed!”"]
    assert texts(content.cause) == [
        "`nginx -t` pointed to the cause: “[emerg] 1#1: unknown directive 'lissten' in "
        "/etc/nginx/sites-enabled/shop:4”."
    ]
    assert actions(content) == [
        "Checked the nginx service (`service nginx status`): “nginx is not running ... failed!”",
        "Tested the nginx configuration (`nginx -t`): “[emerg] 1#1: unknown directive 'lissten' in "
        "/etc/nginx/sites-enabled/shop:4”.",
        "Looked at files (`cd /etc/nginx && ls sites-enabled`).",
        "Edited shop (`sed -i 's/lissten/listen/' /etc/nginx/sites-enabled/shop`).",
        "Started the nginx service (`service nginx start`).",
        "Checked the nginx service (`service nginx status`): “nginx is running.”",
        "Called up http://127.0.0.1/ (`curl -sI http://127.0.0.1/`): “HTTP/1.1 200 OK”.",
    ]
    assert content.outcome == Outcome.RESOLVED
    assert texts(content.outcome_statements)[-1] == (
        "The last check passed: `curl -sI http://127.0.0.1/` showed “HTTP/1.1 200 OK”."
    )
    assert (content.issue_types, content.applications) == (("Web server",), ("nginx", "curl"))
    assert (content.steps[3].offset_ms, content.steps[3].application) == (35_000, "nginx")


@pytest.mark.parametrize(
    ("language", "title", "step"),
    [
        ("es", "El servicio nginx no funcionaba", "Se inició el servicio nginx (`service nginx start`)."),
        ("de", "Dienst nginx lief nicht", "Dienst nginx gestartet (`service nginx start`)."),
    ],
)
def test_a_session_is_told_in_the_wished_language(language, title, step):
    content = summarised(*WEB_SERVER, language=language)
    assert (content.language, content.title, actions(content)[4]) == (language, title, step)


def test_another_language_is_written_in_english_and_says_so():
    draft = drafted(*WEB_SERVER, language="eo")
    assert draft.content.language == "en"
    assert draft.notes == ("This engine does not write the language that was asked for; the summary is in English.",)


def test_the_same_session_gives_the_same_summary():
    assert drafted(*WEB_SERVER) == drafted(*WEB_SERVER)


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        ([], "Nothing was recorded in this session, so there is nothing to summarise."),
        (
            [("CONNECT", "joined"), ("COMMAND", "exit"), ("OUTPUT", "exit")],
            "The record shows that the session was opened and closed, but no work in between.",
        ),
        (
            [("OUTPUT", "welcome")],
            "What was typed or clicked was not recorded; only what the screen showed is known.",
        ),
    ],
)
def test_a_session_without_work_says_so_and_invents_nothing(rows, missing):
    content = summarised(*rows)
    assert content.missing_data[0] == missing
    assert (content.problem, content.steps, content.outcome, content.outcome_statements) == ((), (), "UNKNOWN", ())


def test_an_error_on_a_screen_without_input_is_the_problem():
    content = summarised(("OUTPUT", "starting\nfatal: disk not found\n"))
    assert texts(content.problem) == ["The screen showed: “fatal: disk not found”."]
    assert content.title == "fatal: disk not found"


def test_quality_flags_are_told_in_words():
    content = summarised(("COMMAND", "ls"), quality=frozenset({"TRUNCATED", "NOTHING_RECORDED"}))
    assert content.missing_data == (
        "The record does not say what the problem was.",
        "The record does not show whether the problem was solved: no check, exit status or confirmation tells.",
        "What the commands printed was not recorded.",
        "The recording breaks off before the end of the session.",
    )


def test_titles_are_short():
    long = "the very long name of a thing " * 10
    for rows in ([("CHAT", f"Hello, my {long} is broken", "REMOTE_USER")], [("COMMAND", f"mkdir {'x' * 200}")]):
        assert len(summarised(*rows).title) <= MAX_TITLE


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([("CHAT", "Hi Bob, my VPN is broken. It drops.", "REMOTE_USER")], "My VPN is broken"),
        ([("COMMAND", "# user can't open the invoice list")], "User can't open the invoice list"),
        ([("COMMAND", "python3 /srv/sync.py"), ("OUTPUT", "Error: no token")], "sync.py failed: no token"),
        ([("COMMAND", "export-stock"), ("EXIT", "2")], "export-stock failed"),
        ([("COMMAND", "mkdir /srv/export")], "Created the folder export"),
        ([("APP_FOCUS", "", "", "Outlook")], "Outlook"),
        ([("CLICK", "OK")], "Support session"),
        ([("FILE_TRANSFER", "a.pdf", "", "Files")], "File transfer"),
        (
            [("COMMAND", "mini 'Set up a web server on this machine. Your tasks:\n\n1. Go'")],
            "Set up a web server on this machine",
        ),
    ],
)
def test_titles_name_problem_and_object(rows, title):
    assert summarised(*rows).title == title


def test_many_steps_are_merged_and_cut():
    rows = []
    for number in range(40):
        rows += [("COMMAND", f"apt-get install -y pack{number}"), ("COMMAND", f"ls /srv/{number}")]
    rows += [("COMMAND", f"mkdir /srv/{number}") for number in range(20)]
    content = summarised(*rows)
    assert len(content.steps) == MAX_STEPS
    assert all(step.commands[0].startswith(("apt-get", "mkdir")) for step in content.steps)


def test_like_steps_side_by_side_become_one_when_there_are_many():
    rows = [("COMMAND", f"mkdir /srv/{number}") for number in range(20)]
    content = summarised(*rows)
    assert actions(content)[0] == "Created folders (`mkdir /srv/0`, `mkdir /srv/1`, `mkdir /srv/2`, and others)."


def test_session_text_is_neutralised_in_sentences():
    content = summarised(("CHAT", "My printer\u202e is broken `rm -rf /` “now”", "REMOTE_USER"))
    assert texts(content.problem) == ["The remote user reported: “My printer⟨U+202E⟩ is broken 'rm -rf /' 'now'”."]


def test_looks_side_by_side_become_one_step():
    content = summarised(("COMMAND", "ls /srv"), ("COMMAND", "journalctl -u cups"), ("COMMAND", "ps aux"))
    assert actions(content) == [
        "Looked at files, logs and running processes (`ls /srv`, `journalctl -u cups`, `ps aux`)."
    ]


def test_placeholders_stay_as_they_are():
    content = summarised(("COMMAND", "mysql -u root -p[PASSWORD-1] shop"), ("OUTPUT", "ERROR: access denied"))
    assert actions(content) == ["Ran `mysql -u root -p[PASSWORD-1] shop`, which failed: “ERROR: access denied”."]


def test_a_very_long_session_stays_bounded():
    rows = [row for number in range(1000) for row in WEB_SERVER]
    content = BuiltInEngine().summarise(request_of(session(*rows))).content
    assert len(content.steps) == MAX_STEPS
    assert len(content.outcome_statements) <= 4
