"""The words of the consent pages: one module per language of `SummaryLanguage`, each of them whole."""

from types import MappingProxyType

from summaries.domain.consent.words import ar, cs, de, en, es, fr, it, ja, ko, nl, pl, pt, tr, zh
from summaries.domain.consent.words.base import Words

__all__ = ["RIGHT_TO_LEFT", "WORDS", "Words"]

#: {language code: its words}, in the order in which the page offers them.
WORDS = MappingProxyType(
    {
        "en": en.WORDS,
        "es": es.WORDS,
        "de": de.WORDS,
        "fr": fr.WORDS,
        "it": it.WORDS,
        "pt": pt.WORDS,
        "nl": nl.WORDS,
        "pl": pl.WORDS,
        "cs": cs.WORDS,
        "tr": tr.WORDS,
        "ja": ja.WORDS,
        "zh": zh.WORDS,
        "ko": ko.WORDS,
        "ar": ar.WORDS,
    }
)
RIGHT_TO_LEFT = frozenset({"ar"})
