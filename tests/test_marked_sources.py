"""Sentences of the sources pass through gettext: what is raised for people, told by a message, or labels a field."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOMS = ("accounts", "policies", "credits", "summaries", "insights_portal")
#: Rooms whose sentences nobody reads on a page, or that hold the words of every language beside each other.
ELSEWHERE = (
    "/migrations/",
    "/api/",  # its description is English for everyone
    "/management/",  # the operator's shell
    "summaries/engines/builtin/issue_types/",  # trained and checked in the operator's shell
    "summaries/redaction/measure/",  # the same
    "summaries/domain/consent/words/",  # the remote user's page has its own languages
    "summaries/domain/reports/sample_words.py",  # and so have reports
    "summaries/domain/demo/",
)
#: What programs catch or developers read; a page that does not exist says so by itself, whatever the exception holds.
NOT_FOR_PEOPLE = {
    "AssertionError", "AttributeError", "CommandError", "FetchRefused", "Http404", "ImproperlyConfigured", "KeyError",
    "LookupError", "NotImplementedError", "RuntimeError", "TypeError", "ValueError",
}  # fmt: skip
LABELS = {"label", "verbose_name", "verbose_name_plural", "empty_label", "problem", "refusal", "sentence", "title"}


def source_files() -> list[Path]:
    files = (file for room in ROOMS for file in sorted((settings.BASE_DIR / room).rglob("*.py")))
    return [file for file in files if not any(place in file.as_posix() for place in ELSEWHERE)]


def literal(node: ast.expr) -> str:
    """What a piece of text says as it stands in the source; an f-string without what it fills in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(literal(part) for part in node.values if isinstance(part, ast.Constant))
    return literal(node.left) if isinstance(node, ast.BinOp) else ""


def is_sentence(text: str) -> bool:
    return text[:1].isupper() and " " in text.strip()


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def unmarked_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and called(node.exc) not in NOT_FOR_PEOPLE:
            yield from ((node.lineno, text) for each in node.exc.args if is_sentence(text := literal(each)))
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "messages":
                yield from ((node.lineno, text) for each in node.args[1:2] if is_sentence(text := literal(each)))
            named = (each.value for each in node.keywords if each.arg in LABELS)
            yield from ((node.lineno, text) for each in named if is_sentence(text := literal(each)))


def test_the_check_finds_what_is_not_marked():
    source = """
raise UnableToSave("Write a name.")
raise UnableToSave(f"Write {name} again.")
raise UnableToSave(_("Write a name."))
raise ValueError("Not for people.")
messages.success(request, "Your profile was saved.")
field(label="Time zone", help="Not asked for.")
"""
    assert [text for _, text in unmarked_in(ast.parse(source))] == [
        "Write a name.",
        "Write  again.",
        "Your profile was saved.",
        "Time zone",
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_sentences_are_marked(room):
    found = [
        f"{file.relative_to(settings.BASE_DIR)}:{line}: {text}"
        for file in source_files()
        if file.relative_to(settings.BASE_DIR).parts[0] == room
        for line, text in unmarked_in(ast.parse(file.read_text()))
    ]

    assert found == []
