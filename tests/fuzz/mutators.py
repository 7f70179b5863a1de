"""Breaks recordings: cut, flipped, swapped, swollen, nested, spliced; all by a seeded hand, to be repeated."""

import json
import random
import re
import struct
from collections.abc import Callable

#: A mutant is never longer than this, in bytes.
MAX_BYTES = 12 * 1024 * 1024
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_TEXT = re.compile(rb'"[^"\\\r\n]{0,200}"')
_SIGNS = b'{}[]",:;<>=.|\r\n\t\0\x1b\xff\xfe\xef\xbb\xbf '
_NUMBERS = [b"0", b"-1", b"1e400", b"-1e400", b"NaN", b"Infinity", b"1" * 25, b"9" * 400, b"9" * 5000, b"4294967296"]
_NUMBERS += [b"9223372036854775808", b"1.5", b"1e17", b"00", b"253402300800", b"-62135596801", b"2147483648"]
_VALUES = [b"null", b"true", b"[]", b"{}", b'""', b"[null]", b'"\\ud800"', b'"\\u0000"', b'"' + b"a" * 3000 + b'"']
_ENCODINGS = ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "latin-1"]
_WORDS = [
    b"-->", b"WEBVTT", b"MESSAGE\n", b"4.sync,1.1;", b"\x1b[?1049h", b"\x1b[?2004h", b"\x1b]0;", b"\x1b]133;A\x07",
    b"\x1b[999999999;999999999H", b"\x1b[999999999L", b"Password: ",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"PK\x05\x06",
    b"\xe2\x80\xae", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"0001-01-01T00:00:00Z",
    b"9999-12-31T23:59:59.999999999-14:00",
    b"2026-11-22T24:00:00Z", b"]1/2", b"+9999>9999", b"Script done on x [COMMAND_EXIT_CODE=\"1\"]\n",
]  # fmt: skip

Mutator = Callable[[bytes, random.Random], bytes]


def _place(data: bytes, hand: random.Random) -> int:
    return hand.randrange(len(data) + 1)


def _span(data: bytes, hand: random.Random, longest: int = 4096) -> tuple[int, int]:
    start = _place(data, hand)
    return start, min(len(data), start + int(hand.random() ** 3 * longest) + 1)


def cut(data: bytes, hand: random.Random) -> bytes:
    return data[: _place(data, hand)]


def drop(data: bytes, hand: random.Random) -> bytes:
    start, end = _span(data, hand)
    return data[:start] + data[end:]


def flip_bits(data: bytes, hand: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(hand.choice((1, 1, 2, 8, 64))):
        if changed:
            changed[hand.randrange(len(changed))] ^= 1 << hand.randrange(8)
    return bytes(changed)


def set_bytes(data: bytes, hand: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(hand.choice((1, 2, 16))):
        if changed:
            changed[hand.randrange(len(changed))] = hand.choice(_SIGNS)
    return bytes(changed)


def swap_blocks(data: bytes, hand: random.Random) -> bytes:
    a, b, c = sorted(_place(data, hand) for _ in range(3))
    return data[:a] + data[b:c] + data[a:b] + data[c:]


def swap_lines(data: bytes, hand: random.Random) -> bytes:
    lines = data.split(b"\n")
    for _ in range(hand.choice((1, 3, 20))):
        a, b = hand.randrange(len(lines)), hand.randrange(len(lines))
        lines[a], lines[b] = lines[b], lines[a]
    return b"\n".join(lines)


def repeat_block(data: bytes, hand: random.Random) -> bytes:
    start, end = _span(data, hand)
    times = hand.choice((2, 2, 5, 50, 2000))
    return data[:start] + (data[start:end] * times)[:MAX_BYTES] + data[end:]


def insert_random(data: bytes, hand: random.Random) -> bytes:
    at = _place(data, hand)
    return data[:at] + hand.randbytes(hand.choice((1, 4, 40, 1000))) + data[at:]


def insert_word(data: bytes, hand: random.Random) -> bytes:
    at = _place(data, hand)
    return data[:at] + hand.choice(_WORDS) + data[at:]


def change_number(data: bytes, hand: random.Random) -> bytes:
    return _replaced(data, _NUMBER, hand, hand.choice(_NUMBERS))


def change_many_numbers(data: bytes, hand: random.Random) -> bytes:
    share = hand.random() * 0.3
    return _NUMBER.sub(lambda match: hand.choice(_NUMBERS[:8]) if hand.random() < share else match[0], data)


def change_value(data: bytes, hand: random.Random) -> bytes:
    return _replaced(data, _TEXT, hand, hand.choice(_VALUES + _NUMBERS))


def change_integer(data: bytes, hand: random.Random) -> bytes:
    """Overwrite a binary number, of either order of bytes."""
    code = hand.choice(("<H", ">H", "<I", ">I", "<Q", ">Q"))
    size = struct.calcsize(code)
    at = _place(data, hand)
    return (
        data[:at]
        + struct.pack(code, hand.choice((0, 1, 255, (1 << 8 * size) - 1, 1 << 8 * size - 1)))
        + data[at + size :]
    )


def nest(data: bytes, hand: random.Random) -> bytes:
    at = _place(data, hand)
    depth = hand.choice((10, 200, 5000, 200_000))
    opened = hand.choice((b"[", b'{"a":', b"<a>", b"(", b'"', b"\x1b[", b"["))
    return data[:at] + opened * depth + data[at:]


def swell(data: bytes, hand: random.Random) -> bytes:
    at = _place(data, hand)
    unit = hand.choice(
        (b"x", b" ", b"9", b"\0", b"\xc3\xa9", b"\r\n", b",", b'"', b"\\", b"\x1b[31m", b"\xff", b"a=b;")
    )
    count = hand.choice((100, 5000, 100_000, 100_000, 9_000_000 // len(unit)))
    return data[:at] + unit * count + data[at:]


def encode_again(data: bytes, hand: random.Random) -> bytes:
    return data.decode("utf-8", errors="replace").encode(hand.choice(_ENCODINGS), errors="replace")


def break_json(data: bytes, hand: random.Random) -> bytes:
    """Change a value in the JSON of one line, so that the line stays JSON."""
    lines = data.split(b"\n")
    at = hand.randrange(len(lines))
    try:
        value = json.loads(lines[at])
    except (ValueError, RecursionError):
        return set_bytes(data, hand)
    lines[at] = json.dumps(_changed(value, hand)).encode()
    return b"\n".join(lines)


def _changed(value: object, hand: random.Random) -> object:
    if isinstance(value, dict) and value and hand.random() < 0.9:
        key = hand.choice(list(value))
        if hand.random() < 0.1:
            return {other: content for other, content in value.items() if other != key}
        return value | {key: _changed(value[key], hand)}
    if isinstance(value, list) and value and hand.random() < 0.9:
        at = hand.randrange(len(value))
        return [*value[:at], _changed(value[at], hand), *value[at + 1 :]]
    texts = ["", "\0", "\ud800", "x" * 30_000, "é" * 9, "\x1b[?1049h", "1e999", "9999-12-31T23:59:59Z", "a\r\nb"]
    numbers = [0, -1, 1.5, 10**30, -(10**30), 2**31, 2**63, 1e300, float("inf"), float("nan"), True]
    return hand.choice([None, [], {}, [[]], *texts, *texts, *numbers, *numbers])


def _replaced(data: bytes, pattern: re.Pattern[bytes], hand: random.Random, value: bytes) -> bytes:
    start = _place(data, hand)
    match = pattern.search(data, start) or pattern.search(data)
    return data[: match.start()] + value + data[match.end() :] if match else data


#: Those that make much of little come seldom: they are slow.
MUTATORS: list[Mutator] = [
    *(cut, drop, drop, flip_bits, flip_bits, flip_bits, set_bytes, set_bytes, swap_blocks, swap_lines, swap_lines),
    *(repeat_block, insert_random, insert_word, insert_word, change_number, change_number, change_many_numbers),
    *(change_value, change_value, change_integer, change_integer, break_json, break_json, break_json, encode_again),
]
HEAVY: list[Mutator] = [nest, swell]


def mutated(data: bytes, others: list[bytes], hand: random.Random) -> bytes:
    """Return *data* after one to six changes, now and then spliced with another of the corpus."""
    if others and hand.random() < 0.1:
        other = hand.choice(others)
        data = data[: _place(data, hand)] + other[_place(other, hand) :]
    for _ in range(hand.choice((1, 1, 1, 2, 3, 6))):
        data = hand.choice(MUTATORS)(data, hand)
    if hand.random() < 0.04:
        data = hand.choice(HEAVY)(data, hand)
    return data[:MAX_BYTES]
