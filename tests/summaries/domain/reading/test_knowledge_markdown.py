from dataclasses import replace

import pytest

from summaries.domain.reading.knowledge import Article, Line, Source
from summaries.domain.reading.knowledge_markdown import LABEL, LABEL_OF_PEOPLE, NO_STEPS, code, escaped, markdown_of
from summaries.models import SupportSession
from tests.conftest import NOW

ONE, TWO = SupportSession(pk=1, number=1), SupportSession(pk=2, number=2)
ARTICLE = Article(
    title="Printer on ACC-1",
    made_at=NOW,
    sessions=(ONE, TWO),
    resolved=1,
    is_ai_written=True,
    problem=(Line("The printer is offline.", "en", (Source(ONE, (4, 5)), Source(TWO, ()))),),
    cause=(),
    steps=(
        Line("Ran `net stop spooler` twice.", "en", (Source(ONE, (6,)),), ("net stop spooler", "echo `id`", " ")),
        Line("Printed.", "en", (Source(ONE, (7,)),)),
    ),
    applications=(("Print_Spooler", 2),),
)


def written(article):
    return markdown_of(article, address_of=lambda s: f"https://p.example/{s.session.number}", made_at="22 November")


def test_article_as_markdown():
    assert written(ARTICLE) == (
        "# Printer on ACC-1\n\n"
        f"> {LABEL}\n\n"
        "## Problem\n\n"
        "- The printer is offline. ([S-1](https://p.example/1), [S-2](https://p.example/2))\n\n"
        "## Steps\n\n"
        "1. Ran `net stop spooler` twice. `` echo `id` `` ([S-1](https://p.example/1))\n"
        "1. Printed. ([S-1](https://p.example/1))\n\n"
        "## Applications\n\n"
        "- Print\\_Spooler, in 2 of 2 sessions\n\n"
        "## Sources\n\n"
        "[S-1](https://p.example/1), [S-2](https://p.example/2)\n\n"
        "1 of 2 sessions resolved. Made on 22 November.\n"
    )


def test_article_of_people_without_steps_says_so():
    text = written(replace(ARTICLE, is_ai_written=False, steps=()))

    assert (f"> {LABEL_OF_PEOPLE}\n" in text, f"## Steps\n\n{NO_STEPS}\n" in text) == (True, True)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("<script>alert(1)</script>", "\\<script\\>alert\\(1\\)\\</script\\>"),
        ("[pay](https://evil.example)", "\\[pay\\]\\(https:/\\/evil.example\\)"),
        ("see HTTP://evil.example or www.evil.example", "see HTTP:/\\/evil.example or www\\.evil.example"),
        ("a@evil.example &amp; ![x]", "a\\@evil.example \\&amp; \\!\\[x\\]"),
        ("one\n# two\r\n\n---", "one \\# two ---"),
        ("12. twelve", "12\\. twelve"),
        ("3) three", "3\\) three"),
        ("- item", "\\- item"),
        ("=1+1", "\\=1+1"),
        ("back\\slash `tick` *bold*", "back\\\\slash \\`tick\\` \\*bold\\*"),
        ("left\u202eright", "left‹U+202E›right"),
        ("mail to [EMAIL-1]", "mail to \\[EMAIL-1\\]"),
    ],
)
def test_text_of_a_session_is_no_markup(text, safe):
    assert escaped(text) == safe


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("ls -l", "`ls -l`"),
        ("a\nb", "`a b`"),
        ("echo ``x`` `y", "```echo ``x`` `y```"),
        ("`x`", "`` `x` ``"),
    ],
)
def test_a_command_is_code_whatever_is_in_it(typed, shown):
    assert code(typed) == shown


def test_code_within_a_sentence_keeps_its_spaces_and_its_neighbours_inert():
    line = Line("*a* `b` <c>", "en", (Source(ONE, ()),))

    assert "- \\*a\\* `b` \\<c\\> ([S-1]" in written(replace(ARTICLE, problem=(line,)))
