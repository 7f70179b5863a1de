"""A language that shows where a text was translated: whatever passes through gettext stands between ⟦ and ⟧."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from django.core.cache import caches
from django.template.autoreload import reset_loaders
from django.utils import translation
from django.utils.translation import trans_real

from summaries.views import navigation, printing

OPEN, CLOSE = "⟦", "⟧"
#: It takes the place of a language of the portal, so that everything that asks for one is satisfied.
STANDS_IN_FOR = "de"
_UNSEEN = {"script", "style", "template", "code", "pre", "kbd", "textarea"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_READ_OUT = ("aria-label", "title", "placeholder", "alt", "aria-roledescription")


class PseudoTranslation(trans_real.DjangoTranslation):
    """Every message between brackets, whether or not a catalogue has it."""

    def gettext(self, message: str) -> str:
        return _wrapped(message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return _wrapped(singular if n == 1 else plural)


def _wrapped(message: str) -> str:
    # Django puts a message's context before it.
    text = message.rpartition(trans_real.CONTEXT_SEPARATOR)[2]
    return f"{OPEN}{text}{CLOSE}" if text.strip() else text


@contextmanager
def pseudo_language() -> Iterator[str]:
    """Within it, the code that it yields is a language of which every text is marked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(trans_real._translations, STANDS_IN_FOR, PseudoTranslation(STANDS_IN_FOR))
        _forget_what_is_kept_of_a_language()
        yield STANDS_IN_FOR
        _forget_what_is_kept_of_a_language()
        translation.deactivate()


def _forget_what_is_kept_of_a_language() -> None:
    """Other tests of this process show pages in the language that it stands in for, before and after."""
    caches["template_fragments"].clear()
    reset_loaders()
    for kept in (printing._day, navigation._offered):
        kept.cache_clear()


@dataclass
class UnmarkedText(HTMLParser):
    """Collects what a page shows, or has read out, outside the brackets."""

    depth: int = 0
    #: Of the elements that are open: the name, and whether its text is another language's or no language's.
    inside: list[tuple[str, bool]] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        is_unseen = (
            tag in _UNSEEN or self._is_of_another_language(said) or (tag == "option" and bool(said.get("value")))
        )
        if not self._is_unseen and not is_unseen:
            for name in _READ_OUT:
                self._note(said.get(name) or "")
        if tag not in _VOID:
            self.inside.append((tag, is_unseen))

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._is_unseen:
            return
        kept = ""
        for each in data:
            if each == OPEN:
                self.depth += 1
            elif each == CLOSE:
                self.depth -= 1
            elif self.depth <= 0:
                kept += each
        self._add(kept)

    @property
    def _is_unseen(self) -> bool:
        return any(is_unseen for _, is_unseen in self.inside)

    @staticmethod
    def _is_of_another_language(said: dict[str, str | None]) -> bool:
        return "lang" in said and said["lang"] != STANDS_IN_FOR

    def _note(self, text: str) -> None:
        self._add(re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", "", re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", "", text)))

    def _add(self, text: str) -> None:
        if text.strip():
            self.found.append(" ".join(text.split()))


def unmarked_of(page: str) -> list[str]:
    """The texts of an HTML page that no translation reaches, in their order."""
    parser = UnmarkedText()
    parser.feed(page)
    return parser.found


_NUMBER = re.compile(r"-?\d+(?:\.\d+)?%?")
_WHOLE = re.compile(r"\d+")
_POINTS = re.compile(r"(?:-?\d+(?:\.\d+)?,-?\d+(?:\.\d+)?(?: |$))*")
_INPUTS = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "month": re.compile(r"\d{4}-\d\d"),
    "datetime-local": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?"),
    "number": _NUMBER,
    "range": _NUMBER,
}
_DRAWN = {"svg", "rect", "line", "circle", "progress", "meter", "img", "col"}
_SIZES = ("x", "y", "width", "height", "r", "x1", "x2", "y1", "y2", "max", "min")
_COUNTED = ("data-seconds", "data-number", "data-actions-icnt", "maxlength", "rows", "cols", "colspan", "tabindex")


class MisreadValues(HTMLParser):
    """Collects attributes that a browser or a script reads as numbers or dates, and that are none to it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value for name, value in attrs if value}
        expected = dict.fromkeys(_COUNTED, _WHOLE)
        if tag == "input" and (shape := _INPUTS.get(said.get("type", ""))):
            expected |= {"value": shape, "min": shape, "max": shape, "step": re.compile(r"any|\d+(?:\.\d+)?")}
        if tag in _DRAWN:
            expected |= dict.fromkeys(_SIZES, _NUMBER) | {"value": _NUMBER}
        expected |= {"points": _POINTS, "data-hx-trigger": re.compile(r"(?:(?!delay:).|delay:\d+(?:\.\d+)?m?s)*")}
        self.found += [
            f'<{tag} {name}="{said[name]}">'
            for name, shape in expected.items()
            if name in said and not shape.fullmatch(said[name].replace("-1", "1") if name == "tabindex" else said[name])
        ]


def misread_of(page: str) -> list[str]:
    """The attributes of an HTML page that a browser or a script would misread, in their order."""
    parser = MisreadValues()
    parser.feed(page)
    return parser.found
