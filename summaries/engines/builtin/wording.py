"""Puts the phrases of one language together into sentences. Session text goes in quoted, bounded and neutralised."""

import re
from collections.abc import Sequence
from types import ModuleType

from summaries.domain.evidence.quoting import shortened, without_continuations
from summaries.engines.builtin import (
    phrases_ar,
    phrases_cs,
    phrases_de,
    phrases_en,
    phrases_es,
    phrases_fr,
    phrases_it,
    phrases_ja,
    phrases_ko,
    phrases_nl,
    phrases_pl,
    phrases_pt,
    phrases_tr,
    phrases_zh,
)

LANGUAGES: dict[str, ModuleType] = {
    "en": phrases_en,
    "es": phrases_es,
    "de": phrases_de,
    "fr": phrases_fr,
    "it": phrases_it,
    "pt": phrases_pt,
    "nl": phrases_nl,
    "pl": phrases_pl,
    "cs": phrases_cs,
    "tr": phrases_tr,
    "ja": phrases_ja,
    "zh": phrases_zh,
    "ko": phrases_ko,
    "ar": phrases_ar,
}
MAX_COMMAND = 90
MAX_QUOTE = 150
SHOWN_COMMANDS = 3
#: What may stand in a sentence as an object without quotation marks.
_OBJECT = re.compile(r"[\w./@+:~%#=?&\[\]-]{1,60}")


class Wording:
    def __init__(self, language: str) -> None:
        self.phrases = LANGUAGES[language]

    def sentence(self, key: str, **values: str) -> str:
        text: str = self.phrases.SENTENCES[key].format(**values)
        # A quote that ends with a full stop of its own needs no second one.
        bare = text.removesuffix(self.phrases.FULL_STOP)
        return bare if self._ends_itself(bare) else text

    def missing(self, key: str, **values: str) -> str:
        text: str = self.phrases.MISSING[key]
        return text.format(**values)

    def action(self, key: str, obj: str = "") -> str:
        return self._with_object(self.phrases.ACTIONS[key], obj)

    def title(self, key: str, obj: str = "") -> str:
        return self._with_object(self.phrases.TITLES[key], obj)

    def failed_title(self, program: str, why: str) -> str:
        title: str = self.phrases.TITLES["failed"].format(program=program)
        return f"{title}: {why}" if why else title

    def topics(self, keys: Sequence[str]) -> str:
        return self.listed([self.phrases.TOPICS[key] for key in dict.fromkeys(keys)])

    def listed(self, parts: Sequence[str]) -> str:
        if len(parts) < 2:  # noqa: PLR2004 - a list of two is joined by one word
            return "".join(parts)
        return f"{self.phrases.COMMA.join(parts[:-1])}{self.phrases.AND}{parts[-1]}"

    def quote(self, text: str, limit: int = MAX_QUOTE) -> str:
        """The text in the language's quotation marks; quotation marks inside become simple ones."""
        opening, closing = self.phrases.QUOTES
        inner = re.sub(r"[“”„«»「」]", "'", shortened(text, limit)).replace('"', "'").replace("`", "'")
        return f"{opening}{inner}{closing}"

    def quotes(self, texts: Sequence[str], limit: int = 60) -> str:
        joined: str = self.phrases.COMMA.join(self.quote(text, limit) for text in texts)
        return joined

    def command(self, text: str) -> str:
        """The command in backticks, which are taken out of it: the first line, bounded."""
        return f"`{shown_command(text)}`"

    def spoken(self, key: str, text: str, limit: int = MAX_QUOTE) -> str:
        """A sentence that ends with what somebody said; it gets a full stop unless that brings its own."""
        sentence = self.sentence(key, quote=self.quote(text, limit))
        return sentence if self._ends_itself(sentence) else f"{sentence}{self.phrases.FULL_STOP}"

    def _ends_itself(self, sentence: str) -> bool:
        """Whether it ends with a quote that ends like a sentence."""
        closing = self.phrases.QUOTES[1]
        return sentence.endswith(tuple(f"{mark}{closing}" for mark in ".!?…。！？؟"))

    def commands(self, texts: Sequence[str]) -> str:
        shown = [self.command(text) for text in texts[:SHOWN_COMMANDS]]
        if len(texts) > SHOWN_COMMANDS:
            shown.append(self.phrases.SENTENCES["and_more"])
        joined: str = self.phrases.COMMA.join(shown)
        return joined

    def _with_object(self, forms: str, obj: str) -> str:
        full, _, bare = forms.partition("|")
        if "{obj}" in full:
            return full.format(obj=obj) if _OBJECT.fullmatch(obj) else bare
        return full


def shown_command(text: str) -> str:
    lines = without_continuations(text).strip().splitlines()
    first = lines[0] if lines else ""
    more = "…" if len(lines) > 1 else ""
    shown = shortened(first, MAX_COMMAND).replace("`", "'")
    return shown if shown.endswith("…") else shown + more
