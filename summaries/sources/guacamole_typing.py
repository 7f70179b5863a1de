"""Makes typed lines, shortcuts and clicks of the keys and the mouse of a Guacamole recording.

Text is written as guaclog's manual page has it: "Hello WORLD!<Ctrl+a><Alt+Shift+Tab>"; Backspace takes back.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from summaries.enums import Actor, Kind
from summaries.sources import x11_keys
from summaries.sources.base import MAX_TEXT_CHARS, CapturedInteraction, Place
from summaries.sources.lines import bounded
from summaries.sources.unseen_prompts import UnseenPrompts, fills_in_form

_BUTTONS = ((0b001, "left click"), (0b010, "middle click"), (0b100, "right click"))
#: A pause of so many ms between two clicks parts them.
_PAUSE_MS = 10_000
#: How much may wait behind a line that is still being typed.
_MAX_WAITING = 500
_SIGN_IN_KEYS = ("<Ctrl+Alt+Delete>", "<Super+l>", "<Super+L>")


class Typing:
    """Follows modifiers and buttons. What happens while a line is typed waits behind it: times stay in order."""

    def __init__(self) -> None:
        self.prompts = UnseenPrompts()
        self._held: dict[int, str] = {}
        self._parts: list[str] = []
        self._began: tuple[int, Place] | None = None
        self._waiting: deque[CapturedInteraction] = deque()
        self._buttons = 0
        self._clicks: list[str] = []
        self._clicked: tuple[int, int, Place, str] | None = None

    def key(self, keysym: int, at_ms: int, place: Place, *, is_down: bool) -> Iterator[CapturedInteraction]:
        """Take a key that goes down or up."""
        modifier = x11_keys.SHORTCUT_MODIFIERS.get(keysym) or x11_keys.OTHER_MODIFIERS.get(keysym)
        if modifier:
            if is_down:
                self._held[keysym] = modifier
            else:
                self._held.pop(keysym, None)
        elif is_down and keysym not in x11_keys.SILENT:
            yield from self._pressed(keysym, at_ms, place)

    def mouse(self, x: int, y: int, buttons: int, at_ms: int, place: Place) -> Iterator[CapturedInteraction]:
        """Take the state of the mouse; only a button that goes down counts."""
        pressed = [name for bit, name in _BUTTONS if buttons & bit and not self._buttons & bit]
        self._buttons = buttons
        for name in pressed:
            yield from self.click(name, f" at ({x}, {y})", at_ms, place)

    def click(self, name: str, where: str, at_ms: int, place: Place) -> Iterator[CapturedInteraction]:
        """Take a click or a touch. It ends what was typed: the focus may be elsewhere now."""
        if self._parts:
            line = "".join(self._parts)
            yield from self.end_line()
            self.prompts.left(line)
        if self._clicked and at_ms - self._clicked[1] > _PAUSE_MS:
            yield from self._end_clicks()
        first = self._clicked or (at_ms, at_ms, place, where)
        self._clicked = (first[0], at_ms, first[2], where)
        if len(self._clicks) < MAX_TEXT_CHARS:
            self._clicks.append(name)

    def other(self, interaction: CapturedInteraction) -> Iterator[CapturedInteraction]:
        """Hand on anything else, in order of time with what is typed."""
        yield from self._end_clicks()
        if not self._parts:
            yield interaction
            return
        self._waiting.append(interaction)
        if len(self._waiting) > _MAX_WAITING:
            yield from self.end_line()

    def finish(self) -> Iterator[CapturedInteraction]:
        """Yield what is still open."""
        yield from self._end_clicks()
        yield from self.end_line()

    def _pressed(self, keysym: int, at_ms: int, place: Place) -> Iterator[CapturedInteraction]:
        yield from self._end_clicks()
        held = set(self._held.values())
        is_shortcut = any(name in x11_keys.SHORTCUT_MODIFIERS.values() for name in held)
        is_shortcut = is_shortcut or (keysym == x11_keys.INSERT and "Shift" in held)  # it pastes
        if keysym in x11_keys.ENTER and not is_shortcut:
            line = "".join(self._parts)
            # Whether the line is secret is decided before what it asks for is known.
            yield from self.end_line()
            self.prompts.entered(line)
            return
        part = x11_keys.character_of(keysym)
        if is_shortcut:
            names = [name for name in x11_keys.MODIFIER_ORDER if name in held and (name != "Shift" or not part)]
            part = f"<{'+'.join([*names, part or x11_keys.name_of(keysym)])}>"
        elif keysym == x11_keys.BACKSPACE and self._parts and len(self._parts[-1]) == 1:
            self._parts.pop()
            return
        elif not part:
            part = f"<{x11_keys.name_of(keysym)}>"
        if not self._parts:
            self._began = (at_ms, place)
        self._parts.append(part)
        if part in _SIGN_IN_KEYS:
            yield from self.end_line()
            self.prompts.expect()
        elif len(self._parts) >= MAX_TEXT_CHARS // 2:
            yield from self.end_line()

    def end_line(self) -> Iterator[CapturedInteraction]:
        """Yield the typed line, then what has waited behind it."""
        parts, self._parts = self._parts, []
        if parts and self._began:
            yield from self._typed(parts, *self._began)
        while self._waiting:
            yield self._waiting.popleft()

    def _typed(self, parts: list[str], at_ms: int, place: Place) -> Iterator[CapturedInteraction]:
        line = "".join(parts)
        kind = Kind.INPUT if any(len(part) == 1 for part in parts) else Kind.KEY
        typed = CapturedInteraction(at_ms, kind, bounded(line), Actor.SUPPORTER, place=place)
        if not self.prompts.is_secret(line):
            yield typed
        elif fills_in_form(line):
            name, tab, rest = line.partition("<Tab>")
            yield replace(typed, text=bounded(name + tab))
            yield replace(typed, text=bounded(rest), is_secret=True)
        else:
            yield replace(typed, is_secret=True)

    def _end_clicks(self) -> Iterator[CapturedInteraction]:
        clicks, self._clicks = self._clicks, []
        clicked, self._clicked = self._clicked, None
        if clicked is None:
            return
        at_ms, _, place, where = clicked
        text = f"{clicks[0].capitalize()}{where}" if len(clicks) == 1 else _counted(clicks)
        yield CapturedInteraction(at_ms, Kind.CLICK, text, Actor.SUPPORTER, place=place)


def _counted(clicks: list[str]) -> str:
    counts = [(kind, clicks.count(kind)) for kind in dict.fromkeys(clicks)]
    return ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in counts)
