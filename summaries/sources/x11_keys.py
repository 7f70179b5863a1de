"""X11 keysyms (X11/keysymdef.h) as the characters they type, or as names such as "Escape"."""

#: Modifiers that make a shortcut of a key, and those that only choose a character.
SHORTCUT_MODIFIERS = {
    0xFFE3: "Ctrl",
    0xFFE4: "Ctrl",
    0xFFE9: "Alt",
    0xFFEA: "Alt",
    0xFFE7: "Meta",
    0xFFE8: "Meta",
    0xFFEB: "Super",
    0xFFEC: "Super",
    0xFFED: "Hyper",
    0xFFEE: "Hyper",
}
OTHER_MODIFIERS = {0xFFE1: "Shift", 0xFFE2: "Shift", 0xFE03: "AltGr", 0xFF7E: "AltGr"}
#: In the order in which people write them.
MODIFIER_ORDER = ("Ctrl", "Alt", "Meta", "Super", "Hyper", "Shift", "AltGr")
#: Caps Lock, Num Lock and the like choose characters too; the keysym tells the result.
SILENT = frozenset({0xFFE5, 0xFFE6, 0xFF7F, 0xFF14, 0xFE01, 0xFE02, 0xFE04, 0xFE05})
ENTER = frozenset({0xFF0D, 0xFF8D})
BACKSPACE = 0xFF08
INSERT = 0xFF63

_CHARACTERS = {
    0xFF80: " ",
    0xFFBD: "=",
    **dict(zip(range(0xFFAA, 0xFFB0), "*+,-./", strict=True)),
    **{0xFFB0 + digit: str(digit) for digit in range(10)},
}
_KEYPAD = "Home Left Up Right Down Page·Up Page·Down End Begin"
_NAMES = {
    0xFF08: "Backspace",
    0xFF09: "Tab",
    0xFE20: "Tab",
    0xFF89: "Tab",
    0xFF0B: "Clear",
    0xFF0D: "Enter",
    0xFF8D: "Enter",
    0xFF13: "Pause",
    0xFF1B: "Escape",
    0xFF50: "Home",
    0xFF51: "Left",
    0xFF52: "Up",
    0xFF53: "Right",
    0xFF54: "Down",
    0xFF55: "Page Up",
    0xFF56: "Page Down",
    0xFF57: "End",
    **dict(zip(range(0xFF95, 0xFF9E), _KEYPAD.split(), strict=True)),
    0xFF9E: "Insert",
    0xFF9F: "Delete",
    0xFF61: "Print Screen",
    0xFF63: "Insert",
    0xFF67: "Menu",
    0xFFFF: "Delete",
    **{0xFFBD + number: f"F{number}" for number in range(1, 25)},
}
_UNICODE = 0x0100_0000
_LAST_CODE_POINT = 0x10FFFF


def character_of(keysym: int) -> str:
    """Return what a key types; empty when it types nothing."""
    if 0x20 <= keysym <= 0x7E or 0xA0 <= keysym <= 0xFF:  # noqa: PLR2004 - Latin-1
        return chr(keysym)
    code = keysym - _UNICODE
    if 0x20 <= code <= _LAST_CODE_POINT and not 0xD800 <= code < 0xE000:  # noqa: PLR2004 - no surrogates
        return chr(code)
    return _CHARACTERS.get(keysym, "")


def name_of(keysym: int) -> str:
    """Return the key's name, or its number for a key without one."""
    return _NAMES.get(keysym, "").replace("·", " ") or f"0x{keysym:X}"
