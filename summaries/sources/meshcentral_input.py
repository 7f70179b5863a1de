"""Makes typed text, shortcuts and clicks of the keys and mouse buttons of a remote desktop."""

from collections.abc import Iterator
from dataclasses import dataclass

from summaries.enums import Actor, Kind
from summaries.sources import windows_keys
from summaries.sources.base import MAX_TEXT_CHARS, CapturedInteraction, Place
from summaries.sources.lines import bounded

#: A pause of so many ms ends a run of typed text, or of clicks.
PAUSE_MS = 10_000
_BUTTONS = {0x02: "left click", 0x08: "right click", 0x20: "middle click", 0x88: "double click"}
_ENTER, _BACKSPACE = 0x0D, 0x08


@dataclass(slots=True)
class _Run:
    """Keys or clicks that belong together. *marks* are single keys by name, such as "<Down>"."""

    kind: Kind
    at_ms: int
    place: Place
    last_ms: int
    parts: list[str]
    characters: int = 0


class InputReader:
    """Follows the modifiers and joins what is typed without a pause. After Ctrl+Alt+Delete a password is typed."""

    def __init__(self, application: str) -> None:
        self._application = application
        self._held: set[int] = set()
        self._caps_lock = False
        self._run: _Run | None = None
        self._clicked_at = ""
        self._is_sign_in = False

    def key(self, code: int, at_ms: int, place: Place, *, is_down: bool) -> Iterator[CapturedInteraction]:
        """Take a key that goes down or up, by its Windows code."""
        if code in windows_keys.MODIFIERS:
            (self._held.add if is_down else self._held.discard)(code)
            return
        if not is_down:
            return
        if code == windows_keys.CAPS_LOCK:
            self._caps_lock = not self._caps_lock
            return
        shift = bool(self._held & windows_keys.SHIFT)
        modifiers = [name for name, codes in windows_keys.SHORTCUT_MODIFIERS if self._held & codes]
        character = windows_keys.character_of(code, shift=shift, caps_lock=self._caps_lock)
        if character and not modifiers:
            yield from self.character(character, at_ms, place)
        elif code == _BACKSPACE and not modifiers and self._is_typing(at_ms):
            self._delete()
        else:
            names = [*modifiers, *(["Shift"] if shift else []), windows_keys.name_of(code)]
            yield from self._named_key(f"<{'+'.join(names)}>", at_ms, place)
        if code == _ENTER:
            yield from self.flush()
            self._is_sign_in = False

    def character(self, character: str, at_ms: int, place: Place) -> Iterator[CapturedInteraction]:
        """Take a typed character."""
        yield from self._add(Kind.INPUT, character, at_ms, place)

    def mouse(self, button: int, x: int, y: int, at_ms: int, place: Place) -> Iterator[CapturedInteraction]:
        """Take a state of the mouse; only a button that goes down counts."""
        click = _BUTTONS.get(button)
        if click:
            yield from self._add(Kind.CLICK, click, at_ms, place)
            self._clicked_at = f" at ({x}, {y})"

    def secure_attention(self, at_ms: int, place: Place) -> Iterator[CapturedInteraction]:
        """Take Ctrl+Alt+Delete: the sign-in screen comes up."""
        yield from self._add(Kind.KEY, "<Ctrl+Alt+Delete>", at_ms, place)
        yield from self.flush()
        self._is_sign_in = True

    def flush(self) -> Iterator[CapturedInteraction]:
        """Yield the open run."""
        run, self._run = self._run, None
        if run is None or not run.parts:
            return
        text = "".join(run.parts)
        if run.kind == Kind.CLICK:
            text = _clicks(run.parts, self._clicked_at)
        elif run.kind == Kind.KEY:
            text = _counted(run.parts)
        yield CapturedInteraction(
            run.at_ms,
            run.kind,
            bounded(text),
            Actor.SUPPORTER,
            application=self._application,
            place=run.place,
            is_secret=self._is_sign_in and run.kind == Kind.INPUT,
        )

    def _named_key(self, name: str, at_ms: int, place: Place) -> Iterator[CapturedInteraction]:
        """A Tab or Enter belongs to the text before it; any other key stands apart."""
        if name in ("<Enter>", "<Tab>") and self._is_typing(at_ms):
            yield from self._add(Kind.INPUT, name, at_ms, place)
        else:
            yield from self._add(Kind.KEY, name, at_ms, place)

    def _add(self, kind: Kind, part: str, at_ms: int, place: Place) -> Iterator[CapturedInteraction]:
        run = self._run
        if run and (run.kind != kind or at_ms - run.last_ms > PAUSE_MS or run.characters > MAX_TEXT_CHARS // 2):
            yield from self.flush()
        if self._run is None:
            self._run = _Run(kind, at_ms, place, at_ms, [])
        self._run.parts.append(part)
        self._run.characters += len(part)
        self._run.last_ms = at_ms

    def _is_typing(self, at_ms: int) -> bool:
        return self._run is not None and self._run.kind == Kind.INPUT and at_ms - self._run.last_ms <= PAUSE_MS

    def _delete(self) -> None:
        if self._run and self._run.parts:
            self._run.parts.pop()


def _counted(keys: list[str]) -> str:
    """Write keys in their order, repeated ones with their number: "<Down> ×3 <Enter>"."""
    groups: list[tuple[str, int]] = []
    for key in keys:
        if groups and groups[-1][0] == key:
            groups[-1] = (key, groups[-1][1] + 1)
        else:
            groups.append((key, 1))
    return " ".join(key if count == 1 else f"{key} ×{count}" for key, count in groups)


def _clicks(clicks: list[str], where: str) -> str:
    if len(clicks) == 1:
        return f"{clicks[0].capitalize()}{where}"
    counted = [(kind, clicks.count(kind)) for kind in dict.fromkeys(clicks)]
    return ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in counted)
