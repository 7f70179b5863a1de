from dataclasses import replace
from importlib.resources import files

import pytest

from summaries.content import LabelWords
from summaries.domain.taxonomy.defaults import ISSUE_TYPES
from summaries.engines.base import RecordedInteraction, TaxonomyLabel
from summaries.engines.builtin import BuiltInEngine
from summaries.engines.builtin.issue_types import guessing
from summaries.engines.builtin.issue_types.features import MAX_CHARS
from summaries.engines.builtin.issue_types.guessing import model_of, ready_made_model, telling_text
from summaries.engines.builtin.issue_types.model import NONE
from summaries.engines.builtin.issue_types.storage import pack
from summaries.enums import Actor, Kind
from tests.summaries.engines.builtin.issue_types.texts import small_model
from tests.summaries.engines.sessions import REQUEST


def chat(number, text, actor=Actor.REMOTE_USER):
    return RecordedInteraction(number, number, Kind.CHAT, text, actor)


def summarised(*texts, **changed):
    interactions = tuple(chat(number, text) for number, text in enumerate(texts, 1))
    request = replace(REQUEST, interactions=interactions, **{"issue_types": ISSUE_TYPES, **changed})
    return BuiltInEngine().summarise(request).content


def test_the_ready_made_model_knows_the_ready_made_issue_types_and_is_small():
    assert set(ready_made_model().labels) == {label.name for label in ISSUE_TYPES} | {NONE}
    assert len(files(guessing.__package__).joinpath(guessing.READY_MADE).read_bytes()) < 300_000


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The label printer in the warehouse prints blank pages since the morning", "Printer"),
        ("AnyConnect drops every few minutes when I work from home", "VPN"),
        ("Mi cuenta está bloqueada y no puedo iniciar sesión en el portal", "Sign-in"),
        ("Die Datensicherung ist heute Nacht fehlgeschlagen", "Backup"),
        ("Many thanks and have a nice weekend", ""),
    ],
)
def test_the_ready_made_model_names_what_a_session_is_about(text, label):
    assert ready_made_model().guess(text).label == label


def test_an_issue_type_names_the_words_that_decided():
    content = summarised("The toner of my printer is empty and nothing comes out")
    assert content.issue_types[0] == "Printer"
    (words,) = [each.words for each in content.label_words if each.name == "Printer"]
    assert {"printer", "toner"} <= set(words)
    assert content.issue_types_with_words[0] == LabelWords("Printer", words)


def test_an_issue_type_that_the_company_does_not_have_is_not_named():
    content = summarised("The toner of my printer is empty", issue_types=(TaxonomyLabel("Network", ("router",)),))
    assert content.issue_types == ()


def test_the_companys_own_model_goes_before_the_ready_made_one():
    own = pack(small_model())
    labels = (TaxonomyLabel("network"), TaxonomyLabel("Printer"))
    content = summarised("my switch beside the router upstairs", issue_types=labels, issue_type_model=own)
    assert content.issue_types == ("network",)


def test_a_damaged_model_is_not_used():
    assert model_of(b"damaged") is ready_made_model()
    assert model_of(b"") is ready_made_model()


def test_the_problem_is_read_first_then_questions_answers_and_what_was_done():
    interactions = [
        RecordedInteraction(1, 0, Kind.APP_FOCUS, "", Actor.UNKNOWN, "Outlook", "Inbox"),
        chat(2, "a question"),
        chat(3, "an answer", Actor.SUPPORTER),
        chat(4, "the problem"),
        RecordedInteraction(5, 0, Kind.NOTE, "a note", Actor.SUPPORTER),
        RecordedInteraction(6, 0, Kind.COMMAND, "df -h"),
        RecordedInteraction(7, 0, Kind.COMMAND, "df -h"),
        RecordedInteraction(8, 0, Kind.OUTPUT, "never read"),
    ]
    text = telling_text(interactions=interactions, telling=frozenset({4}))
    assert text == "the problem\na question\na note\nan answer\nOutlook Inbox\ndf -h"


def test_a_long_session_is_read_to_its_bounds():
    interactions = [chat(number, "word " * 1000) for number in range(1, 2000)]
    interactions += [RecordedInteraction(number, 0, Kind.COMMAND, f"ls {number}") for number in range(2000, 4000)]
    text = telling_text(interactions=interactions, telling=frozenset())
    assert len(text) <= MAX_CHARS
    assert text.count("\n") < 12
