import pytest

from policies.enums import Verdict
from summaries.domain.reading.highlights import EXCERPT_CHARS, excerpts_of, pieces_of
from summaries.domain.reading.listing import session_page
from summaries.domain.reading.search import words_of
from summaries.models import SummaryRevision, SupportSession
from tests.summaries.session_rows import add_session, add_summary


def marked(text, query):
    return "".join(f"<{piece.text}>" if piece.is_found else piece.text for piece in pieces_of(text, words_of(query)))


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Printer offline, printers too.", "print", "<Printer> offline, <printers> too."),
        ("Crème brûlée", "creme", "<Crème> brûlée"),
        ("Creme bru\u0302le\u0301e", "brulee", "Creme <bru\u0302le\u0301e>"),
        ("Straße 7", "strasse", "<Straße> 7"),
        ("办公室打印机", "打印", "办公室<打><印>机"),
        ("of the spooler", "o spool", "of the <spooler>"),
        ("<b>spooler</b> & co", "spooler", "<b><spooler></b> & co"),
        ("nothing", "spooler", "nothing"),
        ("", "spooler", ""),
    ],
)
def test_pieces_of_marks_words_as_the_search_compares_them(text, query, expected):
    assert marked(text, query) == expected


def excerpts(query, readable=None):
    rows = session_page(SupportSession.objects.all()).rows
    allowed = {row.pk for row in rows} if readable is None else readable
    found = excerpts_of(rows, readable=allowed, words=words_of(query))
    return {
        row.number: f"{found[row.pk].label}: " + "".join(piece.text for piece in found[row.pk].pieces)
        for row in rows
        if row.pk in found
    }


def with_text(session, **changes):
    summary = add_summary(session, title="Printer offline")
    revision = SummaryRevision.objects.get(pk=summary.current_id)
    revision.content = {**revision.content, **changes}
    revision.save(update_fields=["content"])
    return session


def said(text):
    return [{"text": text, "evidence": [], "supported": True}]


def test_excerpts_of_shows_the_text_that_holds_most_of_what_the_row_does_not_show(cast):
    session = add_session(cast.northwind, cast.bob, 1, notes="About a toner.", device_name="PC-7")
    step = {"action": said("Restarted it.")[0], "application": "", "commands": ["net start zebra"], "offset_ms": None}
    with_text(session, problem=said("The toner was gone since lunch."), open_points=said("Order drums."), steps=[step])

    assert excerpts("toner") == {1: "Notes: About a toner."}
    assert excerpts("toner lunch") == {1: "Problem: The toner was gone since lunch."}
    assert excerpts("drums") == {1: "Open points: Order drums."}
    assert excerpts("zebra") == {1: "Step: Restarted it. net start zebra"}
    assert excerpts("printer pc") == {}
    assert excerpts("absent") == {}


def test_excerpts_of_are_short(cast):
    long = f"{'before ' * 60}spooler {'after ' * 60}"
    add_session(cast.northwind, cast.bob, 1, notes=long)

    (excerpt,) = excerpts("spooler").values()

    assert excerpt.startswith("Notes: …before ") is True
    assert len(excerpt) == EXCERPT_CHARS + len("Notes: ……")
    assert "spooler" in excerpt


def test_excerpts_of_tell_nothing_that_may_not_be_read(cast):
    session = with_text(add_session(cast.northwind, cast.bob, 1), problem=said("The secret toner."))
    assert excerpts("secret") == {1: "Problem: The secret toner."}

    assert excerpts("secret", readable=set()) == {}
    SupportSession.objects.filter(pk=session.pk).update(verdict=Verdict.NO)
    assert excerpts("secret") == {}


@pytest.mark.parametrize("count", [1, 3])
def test_excerpts_of_asks_once_for_any_number_of_rows(cast, django_assert_num_queries, count):
    for number in range(1, count + 1):
        with_text(add_session(cast.northwind, cast.bob, number), problem=said("The toner."))
    rows = session_page(SupportSession.objects.all()).rows

    with django_assert_num_queries(1):
        found = excerpts_of(rows, readable={row.pk for row in rows}, words=words_of("toner"))

    assert len(found) == count


def test_excerpts_of_reads_no_text_where_the_rows_show_every_word(cast, django_assert_num_queries):
    with_text(add_session(cast.northwind, cast.bob, 1, device_name="PC-7"), problem=said("The printer of the PC."))
    rows = session_page(SupportSession.objects.all()).rows

    with django_assert_num_queries(0):
        found = excerpts_of(rows, readable={row.pk for row in rows}, words=words_of("printer pc"))

    assert found == {}
