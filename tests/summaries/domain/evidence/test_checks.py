import pytest

from summaries.content import Statement, Step, SummaryContent
from summaries.domain.evidence.checks import check_evidence
from summaries.engines.base import TaxonomyLabel
from summaries.enums import Outcome
from tests.summaries.hand_made import session, texts

SESSION = session(
    ("CHAT", "Printing fails since 8:15, “spooler” stopped", "REMOTE_USER"),
    ("COMMAND", "systemctl restart cups && lpstat\n> -p"),
    ("OUTPUT", "printer labels disabled"),
    ("COMMAND", "lpstat -p"),
    ("OUTPUT", "printer labels is idle"),
    ("CHAT", "It works now, thank you", "REMOTE_USER"),
    ("COMMAND", "boom /etc/cups/cupsd.conf"),
    ("OUTPUT", "error: no such printer"),
)


def check(labels=(), **fields):
    content = SummaryContent(**{"title": "Printer", **fields})
    return check_evidence(content=content, interactions=SESSION, applications=labels)


@pytest.mark.parametrize(
    ("text", "evidence", "kept"),
    [
        ("The user reported: “Printing fails since 8:15, 'spooler' stopped”.", (1,), (1,)),
        ("The user reported: “Printing fails…”.", (1, 99, 1), (1,)),
        ("The user reported: “Printing fails … stopped”.", (1,), (1,)),
        ("Printing failed since 8:15.", (1,), (1,)),
        ("Printing failed since 9:15.", (1,), None),
        ("Printing failed on 3 computers.", (1,), None),
        ("The user reported: “Scanning fails”.", (1,), None),
        ("Printing failed.", (), None),
        ("Printing failed.", (99,), None),
        (" ", (1,), None),
        ("It stood in cupsd.conf.", (7,), (7,)),
        ("It stood in cupsd.conf.", (1,), None),
        ("`lpstat -p` was run.", (4,), (4,)),
        ("`lpstat -t` was run.", (4,), None),
        ("The printer was fixed.", (1,), None),
        ("The printer was fixed.", (6,), None),
        ("See https://evil.example/printer.", (1,), None),
        ("Cite only numbers that occur. What no interaction shows is not written.", (1,), None),
        ("The user wrote “works … thank you”.", (6,), (6,)),
        ('Es hieß „Printing fails“ und «fails» und "spooler".', (1,), (1,)),
    ],
)
def test_check_evidence_keeps_what_the_cited_interactions_hold(text, evidence, kept):
    checked = check(problem=(Statement(text, evidence, supported=False),))
    expected = (Statement(text, kept, supported=True),) if kept else ()
    assert (checked.content.problem, checked.dropped) == (expected, 0 if kept else 1)


def test_check_evidence_drops_unsupported_causes_and_open_points():
    wrong = (Statement("It was the “toner”.", (1,)),)
    checked = check(cause=wrong, open_points=wrong)
    assert (checked.content.cause, checked.content.open_points, checked.dropped) == ((), (), 2)


def test_check_evidence_keeps_steps_whose_commands_stand_in_the_record():
    step = Step(Statement("Restarted printing.", (2,)), "CUPS", ("systemctl restart cups && lpstat -p",), 10)
    checked = check(steps=(step, Step(Statement("Deleted all.", (2,)), "", ("rm -rf /",))))
    assert (checked.content.steps, checked.dropped) == ((step,), 1)


def test_check_evidence_believes_a_claim_of_success_only_beside_what_shows_it():
    ending = Statement("The user confirmed it.", (6,))
    shown, claimed = Statement("The printer works again.", (6,)), Statement("The printer works again.", (1,))
    fields = {"outcome": Outcome.RESOLVED, "outcome_statements": (ending,)}
    checked = check(open_points=(shown, claimed), steps=(Step(shown), Step(claimed)), **fields)
    assert texts(checked.content.open_points) == [shown.text]
    assert checked.content.steps == (Step(shown),)


def test_check_evidence_takes_out_applications_that_the_record_never_mentions():
    step = Step(Statement("Restarted printing.", (2,)), "SAP GUI")
    labels = [TaxonomyLabel("Label maker", ("printer labels",))]
    checked = check(labels=labels, steps=(step,), applications=("CUPS", "SAP GUI", "Label maker", "Labels"))
    assert checked.content.applications == ("CUPS", "Label maker", "Labels")
    assert (checked.content.steps[0].application, checked.dropped) == ("", 2)


@pytest.mark.parametrize(
    ("said", "statement", "outcome", "kept"),
    [
        ("RESOLVED", Statement("The user confirmed it.", (6,)), "RESOLVED", 1),
        ("PARTLY_RESOLVED", Statement("The printer was idle.", (5,)), "PARTLY_RESOLVED", 1),
        ("RESOLVED", Statement("The printer was fixed.", (3,)), "UNKNOWN", 0),
        ("RESOLVED", Statement("The printer was looked at.", (3,)), "UNKNOWN", 0),
        ("UNKNOWN", Statement("The problem is resolved.", (1,)), "UNKNOWN", 0),
        ("UNKNOWN", Statement("It is not known whether it was resolved.", (1,)), "UNKNOWN", 1),
        ("UNKNOWN", Statement("It said “fixed” nowhere.", (1,)), "UNKNOWN", 0),
        ("UNRESOLVED", Statement("The last command failed.", (8,)), "UNRESOLVED", 1),
        ("UNRESOLVED", Statement("It was left like this.", (6,)), "UNKNOWN", 1),
    ],
)
def test_check_evidence_believes_an_outcome_only_when_it_is_shown(said, statement, outcome, kept):
    checked = check(outcome=Outcome(said), outcome_statements=(statement,))
    assert (checked.content.outcome, len(checked.content.outcome_statements)) == (outcome, kept)


@pytest.mark.parametrize(
    ("title", "problem", "shown"),
    [
        ("Printer queue stopped", "", "Printer queue stopped"),
        ("Fixed the printer", "Printing fails.", "“Printing fails”."),
        ("Printer problem resolved", "", "Printer problem"),
        ("Resolved", "", "–"),
        ("Printer not fixed", "", "Printer not fixed"),
    ],
)
def test_check_evidence_takes_a_claim_out_of_the_title(title, problem, shown):
    statements = (Statement(problem, (1,)),) if problem else ()
    assert check(title=title, problem=statements).content.title == shown


def test_check_evidence_leaves_the_title_of_a_resolved_session():
    statement = Statement("The user confirmed it.", (6,))
    checked = check(title="Printer fixed", outcome=Outcome.RESOLVED, outcome_statements=(statement,))
    assert (checked.content.title, texts(checked.content.outcome_statements)) == ("Printer fixed", [statement.text])


def test_check_evidence_sets_a_mere_copy_as_a_quotation():
    copied, short = Statement("Printer labels disabled.", (3,)), Statement("d.", (3,))
    assert texts(check(problem=(copied, short)).content.problem) == ["“Printer labels disabled”.", "d."]


@pytest.mark.parametrize(
    ("said", "quote", "kept"),
    [
        ("If it works now tell me", "works now", 0),
        ("The problem is not solved", "The problem … solved", 0),
        ("It works now, thanks", "works now", 1),
        ("It works\nnow, thanks", "works now", 1),
    ],
)
def test_check_evidence_refuses_a_quotation_cut_to_tell_of_success(said, quote, kept):
    content = SummaryContent(title="Printer", problem=(Statement(f"The user wrote “{quote}”.", (1,)),))
    checked = check_evidence(content=content, interactions=session(("CHAT", said, "REMOTE_USER")))
    assert len(checked.content.problem) == kept


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("The output of the commands was not recorded.", 1),
        ("Interactions 2 to 5 were left out.", 1),
        ("Call +1 900 555 0100.", 0),
        ("See https://evil.example.", 0),
        ("Everything is fine.", 0),
        ("printer labels disabled", 0),
        ("It said “no such thing”.", 0),
        ("It said “no such printer” and no more.", 1),
        ("Cite only numbers that occur. What no interaction shows is not written.", 0),
        (" ", 0),
    ],
)
def test_check_evidence_holds_missing_data_to_the_record(sentence, kept):
    checked = check(missing_data=(sentence,))
    assert (len(checked.content.missing_data), checked.dropped) == (kept, 1 - kept)


def test_check_evidence_takes_out_a_title_that_stands_for_nothing():
    wrong = (Statement("It was the “toner”.", (1,)),)
    right = (Statement("Printing stopped.", (1,)),)
    assert check(title="Toner", problem=wrong).content.title == "–"
    assert check(title="See https://evil.example", problem=right).content.title == "Printing stopped."
    assert check(title="See https://evil.example").content.title == "–"
