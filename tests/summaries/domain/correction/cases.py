"""A summary that is corrected in the tests: Bob's, with the session log that its evidence names."""

from dataclasses import replace

from summaries.content import Statement, SummaryContent, content_from_json
from tests.summaries.session_rows import add_interactions, add_session, add_summary

PERSONS = Statement("The driver was rolled back.", (2,), supported=False, by_person=True)


def summary_of(company, supporter, number=1, **fields):
    session = add_session(company, supporter, number, device_name="ACC-1")
    add_interactions(session, 20)
    return add_summary(session, issue_types=("Printer",), **fields)


def content_of(summary) -> SummaryContent:
    return content_from_json(summary.current.content)


def with_problem(summary, *texts, **fields) -> SummaryContent:
    """The current content with other sentences as its problem, each with the evidence of the first one."""
    content = content_of(summary)
    return replace(content, problem=tuple(Statement(text, (1,)) for text in texts), **fields)
