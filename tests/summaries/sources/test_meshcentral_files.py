from summaries.enums import Actor, Kind, PlaceUnit
from tests.summaries.sources import mcrec
from tests.summaries.sources.mcrec import FROM_DEVICE, FROM_DEVICE_TEXT, FROM_SUPPORTER, FROM_SUPPORTER_TEXT, read, told
from tests.summaries.sources.reading import bad_places


def files(*requests):
    sent = [mcrec.data(FROM_SUPPORTER_TEXT, request, number) for number, request in enumerate(requests)]
    return read(mcrec.metadata(5), *sent, mcrec.end(100))


def test_file_operations_are_told_with_their_paths():
    interactions, _ = files(
        {"action": "ls", "path": "C:\\Spool"},
        {"action": "ls", "path": "C:\\Spool"},
        {"action": "upload", "reqid": "up", "path": "C:\\Spool\\", "name": "driver.inf", "size": 2048},
        {"action": "mkdir", "path": "C:\\Spool\\old"},
        {"action": "rename", "path": "C:\\Spool", "oldname": "a.shd", "newname": "b.shd"},
        {"action": "rm", "path": "/var/spool", "delfiles": ["a", "b"], "rec": True},
        {"action": "rm", "path": "/var/spool/c"},
        {"action": "move", "scpath": "/tmp", "dspath": "/srv", "names": ["x", "y"]},
        {"action": "copy", "scpath": "/tmp", "dspath": "/srv", "names": 5},
        {"action": "uploadhash"},
    )

    assert told(interactions) == [
        (Kind.NOTE, "Opened the folder C:\\Spool"),
        (Kind.FILE_TRANSFER, "Upload: C:\\Spool\\driver.inf (2048 bytes)"),
        (Kind.FILE_TRANSFER, "New folder: C:\\Spool\\old"),
        (Kind.FILE_TRANSFER, "Rename: C:\\Spool\\a.shd to b.shd"),
        (Kind.FILE_TRANSFER, "Delete: /var/spool/a, /var/spool/b"),
        (Kind.FILE_TRANSFER, "Delete: /var/spool/c"),
        (Kind.FILE_TRANSFER, "Move: /tmp/x, /tmp/y to /srv"),
        (Kind.FILE_TRANSFER, "Copy: /tmp to /srv"),
    ]
    assert {item.actor for item in interactions if item.kind == Kind.FILE_TRANSFER} == {Actor.SUPPORTER}


def download(*pieces):
    request = {"action": "download", "sub": "start", "path": "/etc/app.ini", "id": "/etc/app.ini"}
    answer = {"action": "download", "sub": "start", "id": "/etc/app.ini"}
    return read(
        mcrec.metadata(5),
        mcrec.data(FROM_SUPPORTER_TEXT, request),
        mcrec.data(FROM_DEVICE_TEXT, answer),
        *[mcrec.data(FROM_DEVICE, piece) for piece in pieces],
        mcrec.end(10),
    )


def test_download_is_told_with_its_size_and_without_its_content():
    interactions, _ = download(b"\x01\0\0\0first half ", b"\x01\0\0\x01password=1")

    assert told(interactions) == [(Kind.FILE_TRANSFER, "Download: /etc/app.ini (21 bytes)")]


def test_unfinished_download_is_told_as_such():
    interactions, _ = download(b"\x01\0\0\0first half ")

    assert told(interactions) == [(Kind.FILE_TRANSFER, "Download not finished: /etc/app.ini (11 bytes)")]


def test_failed_transfers_are_told_by_the_system():
    interactions, _ = read(
        mcrec.metadata(5),
        mcrec.data(FROM_SUPPORTER_TEXT, {"action": "download", "sub": "start", "path": "/root/x"}),
        mcrec.data(FROM_DEVICE, {"action": "download", "sub": "cancel", "id": "/root/x"}),
        mcrec.data(FROM_DEVICE, {"action": "uploaderror", "reqid": "up"}),
        mcrec.end(),
    )

    assert told(interactions) == [
        (Kind.FILE_TRANSFER, "The download failed: /root/x"),
        (Kind.FILE_TRANSFER, "The upload failed"),
    ]
    assert {item.actor for item in interactions} == {Actor.SYSTEM}


def test_uploaded_content_is_never_kept():
    interactions, notes = read(
        mcrec.metadata(5), mcrec.data(FROM_SUPPORTER, b'{"action":"rm","path":"/"}'), mcrec.end()
    )

    assert told(interactions) == []
    assert notes.bad_record_count == 0


def test_broken_request_is_counted():
    _, notes = read(mcrec.metadata(5), mcrec.data(FROM_SUPPORTER_TEXT, b'{"action":'), mcrec.end())

    assert bad_places(notes) == [(PlaceUnit.BYTE, len(mcrec.metadata(5)))]


def test_deeply_nested_request_is_counted():
    deep = b'{"a":' + b"[" * 100_000

    _, notes = read(mcrec.metadata(5), mcrec.data(FROM_SUPPORTER_TEXT, deep), mcrec.end())

    assert notes.bad_record_count == 1
