"""Documents laid out by this process and by the one beside it."""

import io
import json

import pytest
from pypdf import PdfReader

from insights_portal.lib.pdf import Paper
from insights_portal.lib.pdf_helper import Document, Helper, Look, render_all, serve

LOOK = Look((), Paper.A4)


def documents(folder, count):
    for number in range(count):
        html = f'<html lang="en"><head><title>{number}</title></head><body><h1>Report {number}</h1></body></html>'
        yield Document(html, folder / f"{number}.ahead")


def words(folder):
    return {path.name: PdfReader(path).pages[0].extract_text() for path in folder.glob("*.ahead")}


def nothing() -> None:
    pass


@pytest.mark.parametrize("with_helper", [True, False])
def test_each_document_is_laid_out_once(tmp_path, with_helper):
    render_all(documents(tmp_path, 12), look=LOOK, keep=nothing, with_helper=with_helper)

    assert words(tmp_path) == {f"{number}.ahead": f"Report {number}" for number in range(12)}


def test_what_the_helper_leaves_is_done_here(tmp_path, monkeypatch):
    """It is killed while it has something to do."""
    begun = Helper.takes

    def dies(self, document):
        self.process.kill()
        return begun(self, document)

    monkeypatch.setattr(Helper, "takes", dies)
    render_all(documents(tmp_path, 5), look=LOOK, keep=nothing, with_helper=True)

    assert len(words(tmp_path)) == 5


def test_a_document_that_cannot_be_laid_out_keeps_no_other_from_it(tmp_path):
    good, other = documents(tmp_path, 2)
    # Half of a character, which no encoding writes.
    bad = Document('<html lang="en"><head><title>\ud800</title></head></html>', tmp_path / "bad.ahead")

    render_all([good, bad, other], look=LOOK, keep=nothing, with_helper=False)

    assert sorted(words(tmp_path)) == ["0.ahead", "1.ahead"]


def test_a_full_disk_ends_the_work(tmp_path):
    (document,) = documents(tmp_path / "missing", 1)

    with pytest.raises(OSError, match="missing"):
        render_all([document], look=LOOK, keep=nothing, with_helper=False)


@pytest.mark.parametrize("with_helper", [True, False])
def test_whoever_cancels_is_heard(tmp_path, with_helper):
    class Cancelled(Exception):
        pass

    def cancel() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        render_all(documents(tmp_path, 3), look=LOOK, keep=cancel, with_helper=with_helper)

    assert words(tmp_path) == {}


def test_the_helper_answers_line_by_line(tmp_path):
    def line(path):
        asked = {"html": "<title>x</title>", "path": str(path), "stylesheets": [], "paper": "a4", "pictures": {"a": ""}}
        return f"{json.dumps(asked)}\n"

    answers = io.StringIO()
    serve(io.StringIO(line(tmp_path / "a.ahead") + line(tmp_path / "missing" / "b.ahead")), answers)

    assert (answers.getvalue(), [path.name for path in tmp_path.iterdir()]) == ("done\nfailed\n", ["a.ahead"])
