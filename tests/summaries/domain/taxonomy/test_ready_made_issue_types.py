from collections import Counter

import pytest

from summaries.domain.taxonomy import ready_made_issue_types
from summaries.domain.taxonomy.defaults import ISSUE_TYPES
from summaries.domain.taxonomy.ready_made_issue_types import LabelledLine, labelled_lines, train_ready_made
from summaries.engines.builtin.issue_types.model import NONE
from summaries.engines.builtin.issue_types.storage import unpack


@pytest.fixture(scope="module")
def lines():
    return labelled_lines()


def test_every_ready_made_issue_type_has_texts_in_every_language(lines):
    wanted = {label.name for label in ISSUE_TYPES} | {NONE}
    assert {line.label for line in lines} == wanted
    for language in ("en", "de", "es"):
        assert {line.label for line in lines if line.language == language} == wanted


def test_there_are_hundreds_of_different_texts_of_each_issue_type(lines):
    texts = Counter()
    for line in lines:
        if line.language == "en":
            texts[line.label] += len(set(line.texts))
    assert min(texts.values()) >= 200


def test_texts_are_written_out_whole_and_always_the_same(lines):
    assert [text for line in lines for text in line.texts if "[" in text or "|" in text] == []
    assert labelled_lines() == lines


def test_the_model_is_trained_on_the_lines_and_written(tmp_path, monkeypatch):
    few = [
        LabelledLine(label, "en", tuple(f"{label} {word} {number}" for word in ("gone", "slow")))
        for label in ("Printer", "Network")
        for number in range(5)
    ]
    monkeypatch.setattr(ready_made_issue_types, "labelled_lines", lambda: few)
    path = tmp_path / "small.model"
    assert train_ready_made(path=path) == path.stat().st_size
    assert unpack(path.read_bytes()).labels == ("Network", "Printer")
