import json
from dataclasses import asdict

from summaries.content import LabelWords, Statement, Step, SummaryContent, content_from_json

CONTENT = SummaryContent(
    title="No toner",
    problem=(Statement("It prints nothing.", (1,)),),
    steps=(Step(Statement("Changed the toner.", (2,)), "Printer", ("lpstat -p",), 5000),),
    issue_types=("Printer", "Hardware"),
    label_words=(LabelWords("Printer", ("toner",)),),
)


def test_content_is_read_back_as_it_was_stored():
    assert content_from_json(json.loads(json.dumps(asdict(CONTENT)))) == CONTENT


def test_content_of_earlier_releases_has_no_words():
    stored = asdict(CONTENT)
    del stored["label_words"]
    assert content_from_json(json.loads(json.dumps(stored))).label_words == ()


def test_every_issue_type_is_listed_with_the_words_that_decided_if_any():
    assert CONTENT.issue_types_with_words == (LabelWords("Printer", ("toner",)), LabelWords("Hardware", ()))
