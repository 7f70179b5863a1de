from dataclasses import replace

import pytest

from summaries.content import LabelWords, Statement, Step, SummaryContent
from summaries.domain.correction.shape import (
    MAX_COMMAND,
    MAX_COMMANDS,
    MAX_EVIDENCE,
    MAX_LABELS,
    MAX_OFFSET_MS,
    MAX_STATEMENTS,
    MAX_STEPS,
    MAX_TEXT,
    MAX_TITLE,
    Allowed,
    UnableToCorrect,
    attributed,
    check,
    is_ai_written,
    tidied,
)
from tests.summaries.report_examples import PRINTER

ALLOWED = Allowed(issue_types=["Printer", "VPN"], applications=["Word", "Print Spooler"], numbers=range(1, 1000))
LONG = "x" * (MAX_TEXT + 1)


def person(text="Said.", *numbers):
    return Statement(text, numbers, supported=False, by_person=True)


def errors_of(content, base=PRINTER):
    with pytest.raises(UnableToCorrect) as refused:
        check(content=content, base=base, allowed=ALLOWED)
    return refused.value.errors


def test_tidied_drops_what_says_nothing():
    content = SummaryContent(
        title="  A \n title\x00 ",
        problem=(Statement(" "), Statement("It  was \n offline.", (3, 3, 4))),
        steps=(Step(Statement("")), Step(Statement("Did."), " cmd ", ("", " dir "))),
        issue_types=("VPN", "VPN"),
        applications=("Word", "Word"),
    )

    tidy = tidied(content)

    assert tidy == SummaryContent(
        title="A title",
        problem=(Statement("It was offline.", (3, 4)),),
        steps=(Step(Statement("Did."), "cmd", ("dir",)),),
        issue_types=("VPN",),
        applications=("Word",),
    )


def test_attributed_keeps_what_is_known_and_marks_what_a_person_changed():
    moved = Statement("Printed a test page.", (5,))
    changed = Statement("Printed a test page twice.", (5,))
    content = replace(
        PRINTER, open_points=(moved,), cause=(changed,), problem=(Statement("Printed a test page.", (6,)),)
    )

    told = attributed(content=content, known=[PRINTER])

    assert told.open_points == (moved,)
    assert told.cause == (person("Printed a test page twice.", 5),)
    assert told.problem == (person("Printed a test page.", 6),)
    assert told.steps == PRINTER.steps


def test_attributed_believes_no_claim_of_support_but_the_best_that_is_known():
    said = Statement("Rebooted.", (1,))
    by_person = SummaryContent(title="t", problem=(person("Rebooted.", 1),))
    by_engine = SummaryContent(title="t", cause=(said,))
    content = SummaryContent(title="t", problem=(replace(said, supported=True),))

    assert attributed(content=content, known=[]).problem == (person("Rebooted.", 1),)
    assert attributed(content=content, known=[by_person, by_engine]).problem == (said,)
    assert attributed(content=content, known=[by_engine, by_person]).problem == (said,)


def test_words_of_a_label_go_with_it():
    words = (LabelWords("Printer", ("spooler",)), LabelWords("VPN", ("tunnel",)))
    content = replace(PRINTER, issue_types=("VPN",), label_words=words)

    assert attributed(content=content, known=[PRINTER]).label_words == (LabelWords("VPN", ("tunnel",)),)


def test_a_text_is_ai_written_while_one_sentence_of_it_is():
    assert is_ai_written(PRINTER)
    assert not is_ai_written(SummaryContent(title="t", problem=(person(),), steps=(Step(person()),)))


def test_a_text_without_a_sentence_is_the_engines():
    assert is_ai_written(SummaryContent(title="No activity recorded", missing_data=("Nothing was recorded.",)))


def test_what_an_engine_wrote_is_never_too_much():
    base = replace(
        PRINTER,
        title="t" * 200,
        problem=(Statement(LONG, (1,)),) * (MAX_STATEMENTS + 1),
        steps=(Step(Statement(LONG, (1,)), "a" * 200, ("c" * 600,)),) * (MAX_STEPS + 1),
        issue_types=("Of an engine",),
    )

    check(content=base, base=base, allowed=ALLOWED)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"title": ""}, "title"),
        ({"title": "t" * (MAX_TITLE + 1)}, "title"),
        ({"problem": (person(LONG),)}, "problem.0"),
        ({"open_points": (person("Call.", 4000),)}, "open_points.0"),
        ({"open_points": (person("Call.", *range(1, MAX_EVIDENCE + 2)),)}, "open_points.0"),
        ({"cause": (person(),) * (MAX_STATEMENTS + 1)}, "cause"),
        ({"steps": (Step(person()),) * (MAX_STEPS + 1)}, "steps"),
        ({"steps": (Step(person(LONG)),)}, "steps.0"),
        ({"steps": (Step(person(), "a" * 121),)}, "steps.0.application"),
        ({"steps": (Step(person(), "", ("c",) * (MAX_COMMANDS + 1)),)}, "steps.0.commands"),
        ({"steps": (Step(person(), "", ("c" * (MAX_COMMAND + 1),)),)}, "steps.0.commands"),
        ({"steps": (Step(person(), "", (), -1),)}, "steps.0.time"),
        ({"steps": (Step(person(), "", (), MAX_OFFSET_MS + 1),)}, "steps.0.time"),
        ({"issue_types": ("Somebody else's",)}, "issue_types"),
        ({"applications": ("Somebody else's",)}, "applications"),
    ],
)
def test_what_does_not_fit_is_refused_where_it_stands(change, where):
    assert list(errors_of(replace(PRINTER, **change))) == [where]


def test_more_labels_than_fit_are_refused():
    names = [f"Type {number}" for number in range(MAX_LABELS + 1)]
    allowed = replace(ALLOWED, issue_types=names)

    with pytest.raises(UnableToCorrect) as refused:
        check(content=replace(PRINTER, issue_types=tuple(names)), base=PRINTER, allowed=allowed)

    assert refused.value.errors == {"issue_types": "At most 20 entries fit here. Put some together."}
    assert str(refused.value) == "At most 20 entries fit here. Put some together."
