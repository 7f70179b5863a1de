from io import BytesIO

from summaries.sources.base import RecordingFile
from summaries.sources.pairing import pair_files

HEADER = b"Script started on 2026-11-22 10:30:00+00:00\n"
TRAILER = b"\nScript done on 2026-11-22 10:30:09+00:00\n"


def typescript(name: str, size: int) -> RecordingFile:
    return RecordingFile(BytesIO(HEADER + b"x" * size + TRAILER), name)


def timing(name: str, size: int, output_log: str = "") -> RecordingFile:
    header = f"H 0.0 OUTPUT_LOG {output_log}\n".encode() if output_log else b""
    return RecordingFile(BytesIO(header + (b"O 0.5 %d\n" if header else b"0.5 %d\n") % size), name)


def paired(*files: RecordingFile) -> list[tuple[str, bool]]:
    """Return (name, whether its companion is the timing file whose name begins with the same letter)."""
    streams = {id(file.stream): file.name for file in files}
    return [
        (file.name, bool(file.companion and streams[id(file.companion)][0] == file.name[0]))
        for file in pair_files(list(files))
    ]


def test_a_typescript_gets_the_timing_file_that_came_with_it():
    files = [timing("a.time", 999_999), typescript("a.out", 10)]

    assert paired(*files) == [("a.out", True)]
    assert [file.stream.tell() for file in files] == [0, 0]


def test_several_typescripts_are_told_apart_by_size():
    files = [typescript("a", 50_000), typescript("b", 10), timing("b.time", 10), timing("a.time", 50_000)]

    assert paired(*files) == [("a", True), ("b", True)]


def test_the_name_that_a_timing_file_gives_counts_most():
    files = [typescript("/x/a", 10), typescript("/x/b", 10), timing("b.time", 10, "b"), timing("/x.time", 10, "/y/a")]

    assert [
        (f.name, f.companion is g.stream) for f, g in zip(pair_files(files), (files[3], files[2]), strict=True)
    ] == [
        ("/x/a", True),
        ("/x/b", True),
    ]


def test_a_timing_file_whose_typescript_is_missing_stays_alone():
    assert paired(timing("a.time", 10)) == [("a.time", False)]
    assert paired(typescript("b", 50_000), typescript("a", 10), timing("a.time", 10)) == [("b", False), ("a", True)]


def test_a_typescript_that_has_its_companion_already_keeps_it():
    stream = timing("t", 10).stream
    whole = RecordingFile(typescript("a", 10).stream, "a", stream)

    assert pair_files([whole]) == [whole]
    assert pair_files([whole, timing("b.time", 10)])[0].companion is stream


def test_other_recordings_are_left_as_they_are():
    files = [RecordingFile(BytesIO(b'{"version": 2}\n'), "a.cast"), RecordingFile(BytesIO(b""), "b")]

    assert pair_files(files) == files
