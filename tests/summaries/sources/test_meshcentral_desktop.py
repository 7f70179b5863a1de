import struct

from summaries.enums import Actor, Kind
from tests.summaries.sources import mcrec
from tests.summaries.sources.mcrec import FROM_DEVICE, FROM_DEVICE_TEXT, FROM_SUPPORTER, WHOLE, read, told

SHIFT, CONTROL, CAPS_LOCK, ENTER, BACKSPACE, DOWN = 0x10, 0x11, 0x14, 0x0D, 0x08, 0x28


def desktop(*steps):
    """*steps* are what the browser sent, one second apart."""
    sent = [mcrec.data(FROM_SUPPORTER, step, number * 1000) for number, step in enumerate(steps)]
    return read(mcrec.metadata(2), *sent, mcrec.end(len(steps) * 1000))


def test_desktop_keys_become_typed_text_with_shift_and_caps_lock():
    shifted = mcrec.key(SHIFT) + mcrec.pressed(0x48) + mcrec.key(SHIFT, is_up=True)

    interactions, _ = desktop(shifted, mcrec.pressed(0x49, 0x20, CAPS_LOCK, 0x41, CAPS_LOCK, 0x31, 0xBD), b"")

    assert told(interactions) == [(Kind.INPUT, "Hi A1-")]
    assert interactions[1].actor == Actor.SUPPORTER


def test_desktop_enter_ends_the_text_and_backspace_takes_back():
    interactions, _ = desktop(mcrec.pressed(0x49, 0x50, 0x58, BACKSPACE, ENTER), mcrec.pressed(0x41))

    assert told(interactions) == [(Kind.INPUT, "ip<Enter>"), (Kind.INPUT, "a")]


def test_desktop_shortcuts_and_named_keys_stand_apart():
    copy = mcrec.key(CONTROL) + mcrec.pressed(0x43) + mcrec.key(CONTROL, is_up=True)

    interactions, _ = desktop(mcrec.pressed(0x41), copy, mcrec.pressed(DOWN, DOWN, DOWN, BACKSPACE))

    assert told(interactions) == [(Kind.INPUT, "a"), (Kind.KEY, "<Ctrl+C> <Down> ×3 <Backspace>")]


def test_desktop_unicode_keys_are_typed_text():
    letters = b"".join(struct.pack(">HHBH", 85, 7, up, ord(letter)) for letter in "ñю" for up in (0, 1))

    interactions, _ = desktop(letters)

    assert told(interactions) == [(Kind.INPUT, "ñю")]


def test_desktop_lone_surrogate_cannot_break_storage():
    interactions, _ = desktop(struct.pack(">HHBH", 85, 7, 0, 0xD800))

    assert told(interactions) == [(Kind.INPUT, "?")]


def test_desktop_clicks_are_summarised():
    one, two = mcrec.mouse(2, 10, 20) + mcrec.mouse(4, 10, 20), mcrec.mouse(8, 30, 40)

    interactions, _ = desktop(one, mcrec.pressed(0x41), one + two + one, mcrec.mouse(0, 1, 1))

    assert told(interactions) == [
        (Kind.CLICK, "Left click at (10, 20)"),
        (Kind.INPUT, "a"),
        (Kind.CLICK, "2 left clicks, 1 right click"),
    ]


def test_desktop_text_after_ctrl_alt_delete_is_secret_up_to_enter():
    interactions, _ = desktop(struct.pack(">HH", 10, 4), mcrec.pressed(0x50, 0x57, ENTER), mcrec.pressed(0x41))

    assert [(item.text, item.is_secret) for item in interactions if item.kind not in WHOLE] == [
        ("<Ctrl+Alt+Delete>", False),
        ("pw<Enter>", True),
        ("a", False),
    ]


def test_desktop_pause_begins_a_new_text():
    interactions, _ = read(
        mcrec.metadata(2),
        mcrec.data(FROM_SUPPORTER, mcrec.pressed(0x41)),
        mcrec.data(FROM_SUPPORTER, mcrec.pressed(0x42), 10_001),
        mcrec.end(10_001),
    )

    assert told(interactions) == [(Kind.INPUT, "a"), (Kind.INPUT, "b")]


def test_desktop_pictures_are_skipped_and_messages_told():
    tile = struct.pack(">HHHH", 3, 12, 0, 0) + b"jpeg"
    picture = struct.pack(">HHI", 27, 8, 12) + struct.pack(">HHHH", 3, 12, 0, 0) + b"jpeg"
    alert = struct.pack(">HH", 65, 10) + b"denied"

    interactions, _ = read(
        mcrec.metadata(2),
        mcrec.data(FROM_DEVICE_TEXT, {"ctrlChannel": 102938, "type": "console", "msg": "Waiting for consent"}),
        mcrec.data(FROM_DEVICE_TEXT, {"ctrlChannel": 102938, "type": "console", "msg": "Waiting for consent"}),
        mcrec.data(FROM_DEVICE, tile + picture + alert + struct.pack(">HHB", 87, 5, 1)),
        mcrec.end(),
    )

    assert told(interactions) == [
        (Kind.NOTE, "Waiting for consent"),
        (Kind.NOTE, "denied"),
        (Kind.NOTE, "The remote user's input is locked"),
    ]


def test_desktop_command_with_a_wrong_size_ends_its_block_only():
    interactions, _ = desktop(struct.pack(">HH", 1, 2) + mcrec.pressed(0x41), mcrec.pressed(0x42))

    assert told(interactions) == [(Kind.INPUT, "b")]
