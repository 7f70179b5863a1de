import csv
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from summaries.models import IssueType, IssueTypeClassifier
from tests.summaries.engines.builtin.issue_types.texts import labelled_texts


@pytest.fixture
def tickets(tmp_path):
    path = tmp_path / "tickets.csv"
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([("text", "label"), *zip(*labelled_texts(), strict=True), ("", "Printer")])
    return str(path)


def run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def test_a_company_is_trained_and_goes_back(cast, tickets):
    assert run("train_issue_types", tickets, "--company", "northwind") == (
        "Version 1 of the model of Northwind IT Services tells 2 issue types apart, trained on 60 texts. "
        "Rows left out for lack of a text or a label: 1."
    )
    assert IssueTypeClassifier.objects.get().company == cast.northwind
    assert run("train_issue_types", "--company", "northwind", "--remove") == (
        "The model of Northwind IT Services is removed; the ready-made one is used."
    )
    assert IssueTypeClassifier.objects.count() == 0


def test_new_issue_types_are_created_only_when_asked_for(cast, tickets):
    IssueType.objects.filter(company=cast.northwind, name="Printer").delete()
    with pytest.raises(CommandError, match="has no issue type “Printer”"):
        run("train_issue_types", tickets, "--company", "northwind")
    run("train_issue_types", tickets, "--company", "northwind", "--create")
    assert IssueType.objects.filter(company=cast.northwind, name="Printer").count() == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["x.csv"], "Name the company whose issue types these are"),
        (["x.csv", "--company", "nobody"], "Name the company whose issue types these are"),
        (["--company", "northwind"], "Name the CSV file with the labelled texts."),
        (["none.csv", "--company", "northwind"], "none.csv can't be opened"),
        (["--company", "northwind", "--remove"], "has no model of its own"),
    ],
)
def test_what_cannot_be_done_is_said(cast, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        run("train_issue_types", *arguments)


def test_evaluating_prints_one_object_or_lines(tickets):
    figures = json.loads(run("evaluate_issue_types", tickets, "--folds", "2", "--json"))
    assert (figures["texts"], figures["accuracy"], list(figures["per_label"])) == (60, 1.0, ["-", "Network", "Printer"])
    lines = run("evaluate_issue_types", tickets, "--folds", "2").splitlines()
    assert (lines[0], lines[1]) == ("60 texts, 3 labels", "Accuracy of the best guess   100.0%")


@pytest.mark.parametrize("folds", ["1", "21", "many"])
def test_a_number_of_parts_out_of_range_is_refused(tickets, folds):
    with pytest.raises(CommandError, match="a number from 2 to 20"):
        run("evaluate_issue_types", tickets, "--folds", folds)


def test_evaluating_a_missing_file_says_so():
    with pytest.raises(CommandError, match="can't be opened"):
        run("evaluate_issue_types", "none.csv")


def test_evaluating_chats(tmp_path):
    row = {"turns": [{"speaker": "customer", "text": "no toner"}], "abstractive_references": ["no toner"]}
    (tmp_path / "a.jsonl").write_text(json.dumps(row))
    figures = json.loads(run("evaluate_chats", str(tmp_path), "--json", "--details"))
    assert (figures["chats"], len(figures["details"])) == (1, 1)
    assert run("evaluate_chats", str(tmp_path)).splitlines()[0] == "1 chats, 40 words each"
    with pytest.raises(CommandError, match="is not a folder"):
        run("evaluate_chats", str(tmp_path / "none"))
