import json
from pathlib import Path

import pytest

from summaries.redaction.measure.labelled import UnableToReadLabels, labelled
from summaries.redaction.measure.samples import Sample


def sentence(text: str, *spans: tuple[str, str]) -> dict[str, object]:
    return {"full_text": text, "spans": [{"entity_type": label, "entity_value": value} for label, value in spans]}


def test_sentences_become_samples_and_those_without_a_rule_count_as_harmless(tmp_path: Path) -> None:
    sentences = [
        sentence("call +49 89 1234567, Anna", ("PHONE_NUMBER", "+49 89 1234567"), ("PERSON", "Anna")),
        sentence("Anna is here", ("PERSON", "Anna")),
        sentence("my number is 078-05-1120", ("US_SSN", "078-05-1120")),
    ]
    (tmp_path / "one.json").write_text(json.dumps(sentences))

    assert list(labelled(tmp_path)) == [
        Sample("PHONE", "PHONE_NUMBER", "call +49 89 1234567, Anna", ("+49 89 1234567",)),
        Sample("", "sentence", "Anna is here"),
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "one.json can't be read as JSON"),
        ("{}", "one.json is no list of sentences."),
        ('[{"full_text": "a"}]', "A sentence in one.json lacks full_text or spans."),
    ],
)
def test_file_that_holds_no_labels_is_told_by_name(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "one.json").write_text(content)

    with pytest.raises(UnableToReadLabels, match=says):
        list(labelled(tmp_path))


def test_folder_without_files_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnableToReadLabels, match="holds no .*json file"):
        list(labelled(tmp_path))
