# ruff: noqa: E501 - a table of cases reads best one to a line
import subprocess
import sys

import pytest

from summaries.enums import Kind
from summaries.redaction.own_rules import MAX_CHARS, OwnRule, PatternKind, RuleSet, UnableToUsePattern, compiled
from summaries.redaction.redactor import Redactor
from summaries.sources.base import CapturedInteraction

WORDS, WILDCARD, EXPRESSION = PatternKind


def rules(kind, pattern, *, off=()):
    return RuleSet(frozenset(off), (OwnRule("BADGE", kind, pattern),))


def masked(found, *texts):
    rows = [CapturedInteraction(0, Kind.OUTPUT, text) for text in texts]
    return [row.text for row in Redactor("session", rules=found).mask(rows)]


@pytest.mark.parametrize(
    ("kind", "pattern", "text", "expected"),
    [
        (WORDS, "Falcon\nBlue Heron\n", "project falcon and blue HERON", "project [BADGE-1] and [BADGE-2]"),
        (WORDS, "Falcon", "falconry, Falcon2, FALCON.", "falconry, Falcon2, [BADGE-1]."),
        (WORDS, "Ölweg", "am ÖLWEG 7, Ölweger", "am [BADGE-1] 7, Ölweger"),
        (WORDS, "a.b+c", "a.b+c axb+c", "[BADGE-1] axb+c"),
        (WILDCARD, "emp-*", "see EMP-17 and emp-x/2 now", "see [BADGE-1] and [BADGE-2] now"),
        (WILDCARD, "ws??-db", "ws14-db ws1-db", "[BADGE-1] ws1-db"),
        (EXPRESSION, r"EMP-\d{4}", "EMP-1234 emp-1234 EMP-1234", "[BADGE-1] emp-1234 [BADGE-1]"),
        (EXPRESSION, "^abc.*$", "x abc\nabc def\nz", "x abc\n[BADGE-1]\nz"),
        (EXPRESSION, "abc[^;]*", "abc d\ne; f", "[BADGE-1]\ne; f"),
        (EXPRESSION, "host .*", "host 192.168.1.7 up", "[BADGE-1]"),
        (EXPRESSION, "a\ud800?bcd", "abcd", "[BADGE-1]"),
        (EXPRESSION, "[A-Z]{2}[0-9]*", "AB and AB1", "AB and [BADGE-1]"),
    ],
)
def test_own_rule_masks_what_it_names_and_nothing_else(kind, pattern, text, expected):
    assert masked(rules(kind, pattern), text) == [expected]


def test_own_rule_takes_no_secret_apart_and_reads_no_placeholder():
    found = rules(EXPRESSION, "(TOKEN|PASSWORD|hunter).*")

    assert masked(found, "[PASSWORD-1] and [BADGE-1]", "password: hunter22x") == [
        "[PASSWORD-1] and [BADGE-1]",
        "password: [PASSWORD-2]",
    ]


def test_rule_that_is_off_masks_nothing_and_the_others_go_on():
    found = RuleSet(frozenset({"EMAIL", "PHONE", "IP_ADDRESS", "IBAN"}))

    assert masked(found, "ada@acme.example 10.1.2.3 ghp_abcdefghijklmnopqrstuvwxyz0123456789") == [
        "ada@acme.example 10.1.2.3 [TOKEN-1]"
    ]
    assert masked(found, "write to ada@ac", "me.example or to ada@acme.example") == [
        "write to ada@ac",
        "me.example or to ada@acme.example",
    ]


def test_what_is_typed_without_echo_is_masked_though_every_rule_is_off():
    typed = CapturedInteraction(0, Kind.INPUT, "hunter22x", is_secret=True)

    rows = Redactor("session", rules=RuleSet(frozenset({"PASSWORD"}))).mask([typed])

    assert [row.text for row in rows] == ["[PASSWORD-1]"]


def test_value_keeps_its_number_in_a_later_batch():
    first = Redactor("session", rules=rules(WORDS, "Falcon\nHeron"))
    first.mask([CapturedInteraction(0, Kind.OUTPUT, "falcon")])

    later = Redactor("session", first.memory(), rules(WORDS, "Falcon\nHeron"))
    (row,) = later.mask([CapturedInteraction(0, Kind.OUTPUT, "Heron Falcon")])

    assert (row.text, later.report().counts) == ("[BADGE-2] [BADGE-1]", {"BADGE": 2})


def test_match_in_a_line_without_end_is_found():
    text = "x" * 2_990 + " EMP-1234 " + "y" * 5_000

    assert masked(rules(EXPRESSION, r"EMP-\d{4}"), text) == [text.replace("EMP-1234", "[BADGE-1]")]


@pytest.mark.parametrize(
    ("kind", "pattern", "says"),
    [
        (WORDS, " \n", "Enter at least one word."),
        (WORDS, "ab", "“ab” is too short. Each line needs 3 characters besides *."),
        (WILDCARD, "ab***", "“ab***” is too short. Each line needs 3 characters besides *."),
        (WORDS, "\n".join(f"word{n}" for n in range(201)), "A rule holds at most 200 lines; this one holds 201. Make two rules."),
        (WORDS, "x" * (MAX_CHARS + 1), "A rule holds at most 2,000 characters; this one holds 2,001."),
        (EXPRESSION, "", "The pattern matches an empty or very short text. A match needs 3 characters or more."),
        (EXPRESSION, ".", "The pattern matches an empty or very short text. A match needs 3 characters or more."),
        (EXPRESSION, "(", "The pattern is no regular expression: missing ): (?m:()."),
        (EXPRESSION, "x{1001}", "The pattern repeats too often to be run safely (invalid repetition size: {1001}). Repeat fewer times."),
        (EXPRESSION, "a{1000}b{1000}", "The pattern is too large to run on every line. Repeat fewer times, or make two rules."),
        *(
            (
                EXPRESSION,
                pattern,
                "The pattern looks around or back at what it matched, which can't be run in time that grows with the text "
                f"alone ({told}). Write it without (?=…), (?<=…), (?!…) and \\1.",
            )
            for pattern, told in ((r"(a+)\1bc", r"invalid escape sequence: \1"), ("(?=a)abc", "invalid perl operator: (?="))
        ),
    ],
)  # fmt: skip
def test_pattern_that_can_not_be_used_is_refused_with_what_to_change(kind, pattern, says):
    with pytest.raises(UnableToUsePattern) as refusal:
        compiled(kind, pattern)

    assert str(refusal.value) == says


_PROGRAM = """
import sys
import django
django.setup()
from summaries.enums import Kind
from summaries.redaction.own_rules import OwnRule, RuleSet
from summaries.redaction.redactor import Redactor
from summaries.sources.base import CapturedInteraction
for pattern, piece in eval(sys.argv[1]):
    text = piece * (300_000 // len(piece)) + "!"
    redactor = Redactor("session", rules=RuleSet(own=(OwnRule("BADGE", "EXPRESSION", pattern),)))
    assert len(redactor.mask([CapturedInteraction(0, Kind.OUTPUT, text)])) == 1
print("done")
"""
#: Each keeps a backtracking engine busy for longer than the universe lasts, or for hours.
CATASTROPHIC = [
    ("(a+)+bcd", "a"),
    ("(a|aa)+bcd", "a"),
    ("(a|a)*bcd", "a"),
    ("(.*a){20}bcd", "a"),
    ("([a-zA-Z]+)*bcd1", "a"),
    ("(x+x+)+yz", "x"),
    (r"^(([a-z])+.)+[A-Z]([a-z])+$", "a"),
    ("(a?){60}a{60}bcd", "a"),
    ("[a-z]+x|aaa", "a"),
    (r"\s*\s*\s*abc", " "),
    ("(a{1,10}){10}bcd", "a"),
]


def test_patterns_that_hang_other_engines_take_time_in_proportion_to_the_text():
    environment = {"DJANGO_SETTINGS_MODULE": "insights_portal.test_settings", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", _PROGRAM, repr(CATASTROPHIC)]

    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment, check=False)

    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr[-2000:]
