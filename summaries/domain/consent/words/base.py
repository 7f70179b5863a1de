"""Everything that the consent pages say, as one value per language. A missing sentence is a type error."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The sentences of one language. Names in braces are put in by `consent_wording`."""

    #: The language's name in itself.
    name: str
    language: str
    # The question
    title: str
    asks: str
    asks_on_device: str
    #: In place of a name, where supporters are pseudonymous.
    somebody: str
    goes_on: str
    why: str
    why_standard: str
    captured: str
    captured_list: str
    not_captured: str
    not_captured_list: str
    processor: str
    engine_here: str
    engine_provider: str
    engine_chosen: str
    kept: str
    kept_log: str
    kept_summary: str
    kept_answer: str
    one_day: str
    days: str
    until_deleted: str
    withdrawing: str
    withdrawing_how: str
    contact: str
    next_time: str
    next_ask: str
    next_allow: str
    next_deny: str
    refuse: str
    allow: str
    time_left: str
    no_answer: str
    changed: str
    # After the question
    over_title: str
    over_text: str
    refused_title: str
    refused_text: str
    allowed_title: str
    allowed_text: str
    unknown_title: str
    unknown_text: str
    busy_title: str
    busy_text: str
    # The withdrawal page
    thanks_title: str
    thanks_text: str
    keep_address: str
    copy: str
    copied: str
    withdraw: str
    confirm_title: str
    confirm_text: str
    confirm: str
    back: str
    withdrawn_title: str
    withdrawn_text: str
    held_text: str
    # Incoming connections
    incoming_notice: str
