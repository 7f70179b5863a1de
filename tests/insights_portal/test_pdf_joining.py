"""Several PDFs as one: read back with another program's eyes, page by page and tag by tag."""

import io

import pytest
from PIL import Image
from pypdf import PdfReader

from insights_portal.lib import pdf_objects
from insights_portal.lib.pdf import Paper, render_pdf
from insights_portal.lib.pdf_joining import PdfJoiner

LONG = "<p>One more line of the report.</p>" * 120


def page(title: str, body: str = "", *, language: str = "en", pictures: dict[str, bytes] | None = None) -> bytes:
    html = f'<html lang="{language}"><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>'
    return render_pdf(html=html, stylesheets=[], paper=Paper.A4, pictures=pictures or {})


def joined(*parts: tuple[str, bytes]) -> PdfReader:
    out = io.BytesIO()
    joiner = PdfJoiner(out, title="Reports <of> & all", author="Northwind", language="de")
    for name, pdf in parts:
        joiner.add(pdf, name=name)
    joiner.finish()
    return PdfReader(io.BytesIO(out.getvalue()), strict=True)


def tags_of(element, found):
    """[(tag, language, page)] in reading order."""
    found.append((element["/S"], str(element.get("/Lang", "")), element.get("/Pg")))
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        each = kid.get_object()
        if hasattr(each, "get") and "/S" in each:
            tags_of(each, found)
    return found


def test_pages_stand_in_order_and_keep_their_words():
    reader = joined(("S-2", page("Second", LONG)), ("S-1", page("První zpráva 一")), ("S-3", page("تقرير")))

    texts = [each.extract_text() for each in reader.pages]
    assert (len(texts) > 3, texts[0].startswith("Second"), "První zpráva" in texts[-2]) == (True, True, True)
    assert reader.trailer["/Root"]["/Pages"]["/Count"] == len(texts)


def test_each_part_has_one_bookmark_with_its_own_below():
    reader = joined(("S-2", page("Second", "<h2>Problem</h2>")), ("S-1", page("First")))

    first, below, last = reader.outline
    assert (first.title, below[0].title, last.title) == ("S-2: Second", "Problem", "S-1: First")
    assert [reader.get_destination_page_number(each) for each in (first, last)] == [0, 1]


def test_the_whole_is_tagged_and_names_title_author_and_languages():
    reader = joined(("S-2", page("Second")), ("S-1", page("Primero", language="es")))

    root = reader.trailer["/Root"]
    told = root["/Metadata"].get_data().decode()
    assert (reader.metadata.title, reader.metadata.author, root["/Lang"]) == ("Reports <of> & all", "Northwind", "de")
    assert ('pdfuaid:part="1"' in told, "Reports &lt;of&gt; &amp; all" in told) == (True, True)
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    (document,) = root["/StructTreeRoot"]["/K"]
    parts = [each.get_object() for each in document.get_object()["/K"]]
    assert [(each["/S"], each["/Lang"]) for each in parts] == [("/Part", "en"), ("/Part", "es")]


def test_each_page_finds_its_tags():
    """Readers go from a page's key through the table of parents to the elements; each must name that page."""
    reader = joined(("S-1", page("One", LONG)), ("S-2", page("Two")))

    leaves = [each.get_object() for each in reader.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Kids"]]
    rows = {leaf["/Nums"][at]: leaf["/Nums"][at + 1] for leaf in leaves for at in range(0, len(leaf["/Nums"]), 2)}
    assert [each["/StructParents"] for each in reader.pages] == list(range(len(reader.pages)))
    assert [list(leaf["/Limits"]) for leaf in leaves] == [[0, len(reader.pages) - 2], [len(reader.pages) - 1] * 2]
    for each in reader.pages:
        elements = [one.get_object() for one in rows[each["/StructParents"]]]
        assert {one["/Pg"].indirect_reference.idnum for one in elements if "/Pg" in one} == {
            each.indirect_reference.idnum
        }


def test_what_parts_have_in_common_is_written_once():
    logo = io.BytesIO()
    Image.effect_noise((200, 100), 90).convert("RGBA").save(logo, "png")
    part = page("One", '<img src="picture:logo" alt="Logo">', pictures={"logo": logo.getvalue()})

    out = io.BytesIO()
    joiner = PdfJoiner(out, title="Reports", author="Northwind", language="en")
    for number in range(10):
        joiner.add(part, name=f"S-{number}")
    joiner.finish()

    assert len(out.getvalue()) < 3 * len(part)
    assert len(PdfReader(out).pages) == 10


def test_a_part_with_very_many_objects(monkeypatch):
    monkeypatch.setattr(pdf_objects, "TOGETHER", 7)

    reader = joined(("S-1", page("One", LONG)), ("S-2", page("Two")))

    assert reader.pages[-1].extract_text().startswith("Two")


def test_a_pdf_that_is_not_tagged_is_refused():
    bare = io.BytesIO()
    Image.new("RGB", (10, 10)).save(bare, "pdf")

    with pytest.raises(KeyError):
        joined(("S-1", bare.getvalue()))


def test_reading_order_is_kept():
    reader = joined(("S-1", page("One", "<h2>Problem</h2><p>Offline</p>")), ("S-2", page("Two")))

    (document,) = reader.trailer["/Root"]["/StructTreeRoot"]["/K"]
    tags = [tag for tag, _, _ in tags_of(document.get_object(), []) if tag != "/Span"]
    assert tags == ["/Document", "/Part", "/H1", "/H2", "/P", "/Part", "/H1"]
