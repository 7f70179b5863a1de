from dataclasses import replace

from summaries.content import Statement, Step, SummaryContent
from summaries.domain.correction.comparison import MOST_WORDS, Mark, Piece, compare, words_compared
from summaries.enums import Outcome
from tests.summaries.report_examples import PRINTER


def told(before, after):
    """{field: [(mark, removed, added, details)]} of what differs."""
    changes = compare(before=before, after=after, outcome_of=lambda content: content.outcome.label)

    def texts(pieces, mark):
        return "|".join(piece.text for piece in pieces if piece.mark == mark)

    return {
        field.label: [
            (
                row.mark.value,
                texts(row.pieces, Mark.REMOVED),
                texts(row.pieces, Mark.ADDED),
                [
                    (each.label, texts(each.pieces, Mark.REMOVED), texts(each.pieces, Mark.ADDED))
                    for each in row.details
                ],
            )
            for row in field.rows
        ]
        for field in changes
    }


def test_the_same_text_differs_in_nothing():
    assert compare(before=PRINTER, after=PRINTER, outcome_of=lambda content: content.outcome) == ()


def test_words_within_a_statement_are_told_apart():
    problem = (Statement("The office printer showed as broken since the driver update on Friday.", (1, 2)),)

    assert told(PRINTER, replace(PRINTER, problem=problem)) == {
        "Problem": [("changed", "offline", "broken", [("Evidence", "", ", 2")])]
    }


def test_statements_added_removed_and_kept_are_told_by_their_place():
    before = SummaryContent(title="t", open_points=(Statement("One stays."), Statement("Two goes away.")))
    after = SummaryContent(title="t", open_points=(Statement("Zero is quite new.", (4,)), Statement("One stays.")))

    assert told(before, after) == {
        "Open points": [
            ("added", "", "Zero is quite new.", [("Evidence", "", "4")]),
            ("same", "", "", []),
            ("removed", "Two goes away.", "", []),
        ]
    }


def test_a_statement_put_before_the_one_that_was_changed_is_added():
    before = SummaryContent(title="t", cause=(Statement("The driver was old."),))
    after = SummaryContent(title="t", cause=(Statement("Nobody knew."), Statement("The driver was too old.")))

    assert told(before, after) == {
        "Cause": [("added", "", "Nobody knew.", []), ("changed", "", "too ", [])],
    }


def test_little_words_between_two_changes_are_changed_with_them():
    assert words_compared("Removed the queue of a printer.", "Emptied the tray of a kiosk.") == (
        Piece(Mark.REMOVED, "Removed the queue of a printer"),
        Piece(Mark.ADDED, "Emptied the tray of a kiosk"),
        Piece(Mark.SAME, "."),
    )


def test_what_belongs_to_a_step_is_compared_by_name():
    step = PRINTER.steps[1]
    changed = replace(step, application="Shell", commands=("net start spooler",), offset_ms=None)

    fields = told(PRINTER, replace(PRINTER, steps=(PRINTER.steps[0], changed, PRINTER.steps[2])))

    assert fields == {
        "Steps": [
            ("same", "", "", []),
            (
                "changed",
                "",
                "",
                [
                    ("Time", "0:05:00", ""),
                    ("Application", "Terminal", "Shell"),
                    ("Commands", "net stop spooler ⏎ ", ""),
                ],
            ),
            ("same", "", "", []),
        ]
    }


def test_every_other_field_is_compared():
    after = replace(
        PRINTER,
        title="Other",
        steps=(Step(Statement("Only this."), "", (), 0),),
        outcome=Outcome.UNKNOWN,
        outcome_statements=(),
        issue_types=("VPN",),
        applications=(),
        missing_data=("No keys.",),
    )

    assert list(told(PRINTER, after)) == [
        "Title",
        "Steps",
        "Outcome",
        "Outcome in words",
        "Issue types",
        "Applications",
        "Missing data",
    ]


def test_texts_without_spaces_are_compared_by_sign():
    assert words_compared("再起動した", "再開した") == (
        Piece(Mark.SAME, "再"),
        Piece(Mark.REMOVED, "起動"),
        Piece(Mark.ADDED, "開"),
        Piece(Mark.SAME, "した"),
    )


def test_very_long_texts_are_compared_as_a_whole():
    long = "a " * MOST_WORDS

    assert words_compared(long, "b") == (Piece(Mark.REMOVED, long), Piece(Mark.ADDED, "b"))
