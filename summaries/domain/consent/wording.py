"""What the consent page says for one session, in one language: the same value makes the page and the ledger's text."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.enums import EngineName
from accounts.models import AISettings, Company
from insights_portal.lib.text import show_controls
from summaries.domain.consent.words import RIGHT_TO_LEFT, WORDS, Words
from summaries.models import SupportSession

#: Counts up when the standard sentences change their meaning.
EDITION = 1
STANDARD_LANGUAGE = "en"
#: Who receives the masked text when a company uses the engine at its provider's own address.
ENGINE_PROVIDER = "Anthropic"


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """What the remote user reads. *version* names the standard's edition and a hash of the company's own parts."""

    language: str
    version: str
    words: Words
    asks: str
    sections: tuple[Section, ...]
    offers_next_time: bool

    @property
    def is_right_to_left(self) -> bool:
        return self.language in RIGHT_TO_LEFT

    def as_text(self) -> str:
        """Everything that was on the page, for the ledger."""
        words = self.words
        lines = [words.title, self.asks, words.goes_on]
        for section in self.sections:
            lines += ["", section.heading, *section.sentences]
        if self.offers_next_time:
            lines += ["", words.next_time, *(f"( ) {text}" for text in next_time_labels(words))]
        return "\n".join([*lines, "", words.no_answer, f"[{words.refuse}] [{words.allow}]"])


def next_time_labels(words: Words) -> tuple[str, str, str]:
    return words.next_ask, words.next_allow, words.next_deny


def choose_language(*, asked: str, accepted: Iterable[str]) -> str:
    """The language that was *asked* for, else the first of *accepted* (`pt-br`, `de`) that the page speaks."""
    for wanted in (asked, *accepted):
        language = wanted.lower().replace("_", "-").split("-")[0]
        if language in WORDS:
            return language
    return STANDARD_LANGUAGE


def wording_of(*, session: SupportSession, language: str) -> Wording:
    """What the page says now. *session* comes with company, supporter and device."""
    ai_settings = AISettings.objects.get(company=session.company_id)
    words, company = WORDS[language], session.company
    return Wording(
        language=language,
        version=_version(company, ai_settings),
        words=words,
        asks=_asks(words, session),
        sections=tuple(_sections(words, company, ai_settings)),
        offers_next_time=session.device_id is not None,
    )


def sections_under(*, ai_settings: AISettings, language: str) -> tuple[Section, ...]:
    """What the page would say under these settings, saved or not; without a session it names nobody."""
    return tuple(_sections(WORDS[language], ai_settings.company, ai_settings))


def incoming_notice(*, company: Company) -> str:
    """What the remote side of an incoming session is told: the company's own words, else the standard ones."""
    ai_settings = AISettings.objects.get(company=company)
    words = WORDS[ai_settings.language]
    return show_controls(ai_settings.incoming_notice or words.incoming_notice.format(company=company.name))


def _asks(words: Words, session: SupportSession) -> str:
    # The ledger keeps this sentence for members to read, who see no names of supporters in works-council mode.
    supporter = words.somebody if session.company.works_council_mode else show_controls(session.supporter.name)
    sentence = words.asks_on_device if session.device else words.asks
    device = show_controls(session.device.name) if session.device else ""
    return sentence.format(supporter=supporter, company=show_controls(session.company.name), device=device)


def _sections(words: Words, company: Company, ai_settings: AISettings) -> Iterable[Section]:
    yield Section(words.why, (show_controls(ai_settings.consent_purpose) or words.why_standard,))
    yield Section(words.captured, (words.captured_list,))
    yield Section(words.not_captured, (words.not_captured_list,))
    processor = show_controls(ai_settings.consent_processor or company.name)
    yield Section(words.processor, (processor, _engine(words, company, ai_settings)))
    yield Section(
        words.kept,
        (
            f"{words.kept_log}: {_time(words, ai_settings.keep_logs_days)}",
            f"{words.kept_summary}: {_time(words, ai_settings.keep_summaries_days)}",
            f"{words.kept_answer}: {_time(words, ai_settings.keep_consents_days)}",
        ),
    )
    yield Section(words.withdrawing, (words.withdrawing_how,))
    if ai_settings.consent_contact:
        yield Section(words.contact, (show_controls(ai_settings.consent_contact),))


def _engine(words: Words, company: Company, ai_settings: AISettings) -> str:
    if ai_settings.engine == EngineName.BUILT_IN:
        return words.engine_here
    if ai_settings.engine_base_url:
        # Not its address: that may be the name of a machine inside the company.
        return words.engine_chosen.format(company=show_controls(company.name))
    return words.engine_provider.format(provider=ENGINE_PROVIDER)


def _time(words: Words, days: int | None) -> str:
    if days is None:
        return words.until_deleted
    return words.one_day if days == 1 else words.days.format(days=days)


def _version(company: Company, ai_settings: AISettings) -> str:
    own = (
        company.name,
        ai_settings.consent_purpose,
        ai_settings.consent_processor,
        ai_settings.consent_contact,
        ai_settings.engine,
        bool(ai_settings.engine_base_url),
        ai_settings.keep_logs_days,
        ai_settings.keep_summaries_days,
        ai_settings.keep_consents_days,
    )
    return f"{EDITION}-{hashlib.sha256(repr(own).encode()).hexdigest()[:16]}"
