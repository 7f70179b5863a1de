"""Windows virtual-key codes (winuser.h) as characters of a US keyboard, or as names such as "Enter"."""

SHIFT = frozenset({0x10, 0xA0, 0xA1})
CONTROL = frozenset({0x11, 0xA2, 0xA3})
ALT = frozenset({0x12, 0xA4, 0xA5})
WINDOWS = frozenset({0x5B, 0x5C})
CAPS_LOCK = 0x14
#: The modifiers that make a shortcut of a key, in the order in which people write them.
SHORTCUT_MODIFIERS = (("Ctrl", CONTROL), ("Alt", ALT), ("Win", WINDOWS))
MODIFIERS = SHIFT | CONTROL | ALT | WINDOWS

_PLAIN = {
    **{code: chr(code).lower() for code in range(0x41, 0x5B)},
    **{code: chr(code) for code in range(0x30, 0x3A)},
    **{0x60 + digit: str(digit) for digit in range(10)},
    **dict(zip(range(0x6A, 0x70), "*+,-./", strict=True)),
    **dict(zip(range(0xBA, 0xC1), ";=,-./`", strict=True)),
    **dict(zip(range(0xDB, 0xDF), "[\\]'", strict=True)),
    0x20: " ",
    0xE2: "\\",
}
_SHIFTED = {
    **{code: chr(code) for code in range(0x41, 0x5B)},
    **dict(zip(range(0x30, 0x3A), ")!@#$%^&*(", strict=True)),
    **dict(zip(range(0xBA, 0xC1), ":+<_>?~", strict=True)),
    **dict(zip(range(0xDB, 0xDF), '{|}"', strict=True)),
    0xE2: "|",
}
_NAMES = {
    0x08: "Backspace",
    0x09: "Tab",
    0x0D: "Enter",
    0x13: "Pause",
    0x1B: "Esc",
    0x21: "Page Up",
    0x22: "Page Down",
    0x23: "End",
    0x24: "Home",
    0x25: "Left",
    0x26: "Up",
    0x27: "Right",
    0x28: "Down",
    0x2C: "Print Screen",
    0x2D: "Insert",
    0x2E: "Delete",
    0x5D: "Menu",
    0x90: "Num Lock",
    0x91: "Scroll Lock",
    **{0x6F + number: f"F{number}" for number in range(1, 25)},
}


def character_of(code: int, *, shift: bool, caps_lock: bool) -> str:
    """Return what a key types; empty when it types nothing. Caps Lock turns the letters only."""
    is_letter = 0x41 <= code <= 0x5A  # noqa: PLR2004 - A to Z
    if shift != (caps_lock and is_letter):
        return _SHIFTED.get(code) or _PLAIN.get(code, "")
    return _PLAIN.get(code, "")


def name_of(code: int) -> str:
    """Return the key's name, a letter in upper case, or its number for a key without one."""
    return (
        _NAMES.get(code) or _SHIFTED.get(code, "") * (code in range(0x41, 0x5B)) or _PLAIN.get(code) or f"0x{code:02X}"
    )
