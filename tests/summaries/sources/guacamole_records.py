"""Writes recordings of Guacamole: instructions whose lengths count characters."""

import base64

START_MS = 1_795_340_400_000  # 2026-11-22 09:40:00 UTC
SHIFT, CONTROL, ALT, ENTER, TAB, BACKSPACE, UP = 0xFFE1, 0xFFE3, 0xFFE9, 0xFF0D, 0xFF09, 0xFF08, 0xFF52
#: How long a key lies before the next, in ms.
KEY_MS = 90


def instruction(*elements: object) -> bytes:
    return (",".join(f"{len(str(element))}.{element}" for element in elements) + ";").encode()


def sync(at_ms: int = 0) -> bytes:
    return instruction("sync", START_MS + at_ms, 1)


def key(keysym: int, at_ms: int, *, is_down: bool) -> bytes:
    return instruction("key", keysym, int(is_down), START_MS + at_ms)


def keysym_of(character: str) -> int:
    code = ord(character)
    return {"\n": ENTER, "\t": TAB}.get(character, code if code < 0x100 else 0x0100_0000 + code)


def pressed(*keysyms: int, at_ms: int = 0) -> bytes:
    """Keys that are pressed one after the other."""
    return b"".join(
        key(code, at_ms + KEY_MS * n, is_down=True) + key(code, at_ms + KEY_MS * n + 40, is_down=False)
        for n, code in enumerate(keysyms)
    )


def typed(text: str, at_ms: int = 0) -> bytes:
    return pressed(*map(keysym_of, text), at_ms=at_ms)


def chord(*keysyms: int, at_ms: int = 0) -> bytes:
    """Keys of which all but the last are held."""
    down = b"".join(key(code, at_ms, is_down=True) for code in keysyms)
    return down + b"".join(key(code, at_ms + 50, is_down=False) for code in reversed(keysyms))


def mouse(x: int, y: int, buttons: int, at_ms: int = 0) -> bytes:
    return instruction("mouse", x, y, buttons, START_MS + at_ms)


def clicked(x: int, y: int, at_ms: int = 0, *, buttons: int = 1) -> bytes:
    return mouse(x, y, buttons, at_ms) + mouse(x, y, 0, at_ms + 60)


def blob(stream: int, content: bytes) -> bytes:
    return instruction("blob", stream, base64.b64encode(content).decode())


def clipboard(text: str, stream: int = 3) -> bytes:
    begin = instruction("clipboard", stream, "text/plain")
    return begin + blob(stream, text.encode()) + instruction("end", stream)


def picture(stream: int = 1, content: bytes = b"\x89PNG" * 50) -> bytes:
    return instruction("img", stream, 14, 0, "image/png", 0, 0) + blob(stream, content) + instruction("end", stream)


def recorded(*parts: bytes) -> bytes:
    """A recording with its beginning, and a picture between its parts."""
    return instruction("size", 0, 1024, 768) + sync() + picture().join(parts)
