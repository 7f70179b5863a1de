import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = {"entity_type": "EMAIL_ADDRESS", "entity_value": "anna@acme.example"}
    sentences = [{"full_text": "mail anna@acme.example", "spans": [found]}, {"full_text": "nothing", "spans": []}]
    (tmp_path / "sentences.json").write_text(json.dumps(sentences))
    return tmp_path


def test_figures_are_told_as_json_and_as_lines(folder: Path) -> None:
    as_json, as_lines = StringIO(), StringIO()

    call_command("evaluate_redaction", folder, "--json", "--details", stdout=as_json)
    call_command("evaluate_redaction", folder, "--details", stdout=as_lines)

    figures = json.loads(as_json.getvalue())
    assert figures["labelled"] == {
        "recall": {"EMAIL": {"asked": 1, "recall": 1.0, "goal": 0.97}},
        "harmless_lines": 1,
        "damaged": 0,
        "damage": 0.0,
        "most_damage": 0.02,
        "below_goal": [],
        "missed": [],
        "damaged_lines": [],
    }
    assert set(figures) == {"tuned", "held_out", "labelled"}
    assert "  EMAIL            recall 1.0000 of     1, goal 0.97" in as_lines.getvalue().splitlines()


def test_folder_without_labelled_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="holds no .*json file"):
        call_command("evaluate_redaction", tmp_path)
