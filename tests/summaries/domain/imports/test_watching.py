import pytest

from summaries.domain.imports.recordings import import_recording
from summaries.domain.imports.watching import FolderWatch, take
from tests.summaries.conftest import FIXED, order_of


@pytest.fixture
def import_one(cast, at):
    def importer(recording):
        order = order_of(cast.northwind, cast.bob, recording.stream.read(), at=at, name=recording.name)
        return import_recording(order=order)

    return importer


def test_a_file_is_taken_once_it_has_stopped_growing(tmp_path):
    watch = FolderWatch(tmp_path)
    recording = tmp_path / "a.cast"
    recording.write_bytes(FIXED[:100])

    assert watch.settled() == []
    recording.write_bytes(FIXED)
    assert watch.settled() == []
    assert watch.settled() == [recording]


def test_hidden_files_folders_and_links_are_left_alone(tmp_path):
    (tmp_path / ".partial").write_bytes(FIXED)
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / ".partial")
    watch = FolderWatch(tmp_path)
    watch.settled()

    assert watch.settled() == []


def test_a_good_recording_moves_to_imported_and_a_bad_one_to_refused_with_its_reason(tmp_path, import_one):
    good, bad = tmp_path / "good.cast", tmp_path / "bad.bin"
    good.write_bytes(FIXED)
    bad.write_bytes(b"\x7fELF" + bytes(50))

    taken = take(folder=tmp_path, paths=[good, bad], import_one=import_one)

    assert sorted((each.name, each.imported) for each in taken) == [("bad.bin", False), ("good.cast", True)]
    assert (tmp_path / "imported" / "good.cast").read_bytes() == FIXED
    assert (tmp_path / "refused" / "bad.bin").exists()
    assert "format of this file is not known" in (tmp_path / "refused" / "bad.bin.reason.txt").read_text()


def test_the_same_recording_again_is_put_aside_without_overwriting(tmp_path, import_one):
    for _ in range(2):
        (tmp_path / "a.cast").write_bytes(FIXED)
        taken = take(folder=tmp_path, paths=[tmp_path / "a.cast"], import_one=import_one)

    assert taken[0].sentence == "S-1 (was there already)"
    assert sorted(path.name for path in (tmp_path / "imported").iterdir()) == ["a-2.cast", "a.cast"]
