"""The words of a service report: one module per language of `SummaryLanguage`, each of them whole."""

from types import MappingProxyType

from summaries.domain.reports.words import ar, cs, de, en, es, fr, it, ja, ko, nl, pl, pt, tr, zh
from summaries.domain.reports.words.base import ReportWords

__all__ = ["WORDS", "ReportWords"]

#: {language code: its words}
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
