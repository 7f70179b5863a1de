"""What is broken, cut or made to attack in a file of Steps Recorder."""

import io
import tracemalloc
import zipfile

import pytest

from summaries.enums import Kind, QualityFlag
from summaries.sources.base import UnableToRead
from summaries.sources.steps_recorder import StepsRecorderSource
from tests.summaries.sources.casts import texts
from tests.summaries.sources.reading import read_bytes
from tests.summaries.sources.steps_records import (
    NAME,
    action,
    document,
    page,
    report,
    zipped,
)


def read(*actions, name=NAME, steps=(), **options):
    return read_bytes(StepsRecorderSource(), document(page(report(*actions, **options), *steps)), name)


def done(interactions):
    return [item for item in interactions if item.kind != Kind.APP_FOCUS]


def test_pictures_are_not_held():
    data = document(page(report(action(1, "9:40:10 AM", said="a"))), pictures=4000)
    tracemalloc.start()
    stream_size = len(data)

    read_bytes(StepsRecorderSource(), data)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert stream_size > 12_000_000
    # BytesIO shares the bytes that it was made of.
    assert peak < 2_000_000


def test_zip_that_unpacks_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("summaries.sources.steps_recorder._MAX_UNPACKED", 3_000_000)
    bomb = zipped(document(page(report()) + "x" * 4_000_000))

    assert len(bomb) < 20_000
    with pytest.raises(UnableToRead, match="unpacks to more than 3000000 bytes"):
        read_bytes(StepsRecorderSource(), bomb)


def test_page_that_is_too_long_is_refused(monkeypatch):
    monkeypatch.setattr("summaries.sources.steps_recorder._MAX_PAGE", 100_000)

    with pytest.raises(UnableToRead, match="longer than 100000 bytes"):
        read_bytes(StepsRecorderSource(), zipped(document(page(report()) + "x" * 300_000)))


def test_zip_whose_list_of_files_fills_the_memory_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(NAME, b"")
        for number in range(12_000):
            archive.writestr(f"{number:050}{'n' * 50}", b"")

    with pytest.raises(UnableToRead, match="too large for a recording"):
        read_bytes(StepsRecorderSource(), target.getvalue())


@pytest.mark.parametrize("cut", [30, 200, -1, -20])
def test_zip_that_is_cut_is_refused_with_a_place(cut):
    with pytest.raises(UnableToRead, match=r"byte \d"):
        read_bytes(StepsRecorderSource(), zipped(document(page(report())))[:cut])


def test_zip_whose_content_is_broken_is_refused():
    data = bytearray(zipped(document(page(report(action(1, "9:40:10 AM", said="a"))), pictures=50)))
    data[300:320] = b"\xff" * 20

    with pytest.raises(UnableToRead, match="broken"):
        read_bytes(StepsRecorderSource(), bytes(data))


def test_locked_zip_is_refused():
    data = bytearray(zipped(b"x"))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(UnableToRead, match="Unpack it first"):
        read_bytes(StepsRecorderSource(), bytes(data))


@pytest.mark.parametrize(
    "evil",
    [
        '<!DOCTYPE Report [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><Report>&b;</Report>',
        '<!DOCTYPE Report [<!ENTITY a SYSTEM "file:///etc/passwd">]><Report>&a;</Report>',
        "<Report><UserActionData>",
        "<Report" + "<a>" * 100_000,
    ],
)
def test_xml_that_attacks_or_is_broken_gives_nothing(evil):
    interactions, notes = read_bytes(StepsRecorderSource(), document(page(evil)))

    assert interactions == []
    assert notes.quality == {QualityFlag.PARTIAL_PARSE, QualityFlag.NOTHING_RECORDED}


def test_xml_that_ends_early_keeps_the_steps_before():
    whole = page(report(action(1, "9:40:10 AM", said="a"), action(2, "9:40:20 AM", said="b")))

    interactions, notes = read_bytes(StepsRecorderSource(), document(whole[: whole.index('ActionNumber="2"')]))

    assert texts(done(interactions)) == [(Kind.CLICK, "a")]
    assert QualityFlag.TRUNCATED in notes.quality


def test_document_that_ends_in_its_page_is_noted_as_truncated():
    data = document(page(report(action(1, "9:40:10 AM", said="a"))))

    interactions, notes = read_bytes(StepsRecorderSource(), data[: data.index(b"</Report>") + 12])

    assert texts(done(interactions)) == [(Kind.CLICK, "a")]
    assert QualityFlag.TRUNCATED in notes.quality


@pytest.mark.parametrize("main", ["<html></html>", ""])
def test_page_without_steps_is_refused(main):
    with pytest.raises(UnableToRead, match="no list of steps"):
        read_bytes(StepsRecorderSource(), document(main))


def test_document_without_the_page_is_refused():
    data = document("x").replace(b"main.htm", b"page.htm")

    with pytest.raises(UnableToRead, match="no main.htm"):
        read_bytes(StepsRecorderSource(), data)


def test_zip_without_a_document_is_refused():
    with pytest.raises(UnableToRead, match=r"no \.mht"):
        read_bytes(StepsRecorderSource(), zipped(b"x", name="readme.txt"))
