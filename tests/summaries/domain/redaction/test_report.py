from summaries.domain.redaction.report import MaskedByRule, redaction_report
from summaries.models import SupportSession


def test_redaction_report_tells_places_and_different_values_by_rule() -> None:
    session = SupportSession(
        redaction_counts={"CUSTOMER": 1, "EMAIL": 7, "PASSWORD": 2, "IBAN": 0},
        redaction_memory={"EMAIL": {"a": 1, "b": 2, "c": 4}, "PASSWORD": {"d": 1, "e": 0}, "CUSTOMER": {"f": 1}},
    )

    assert redaction_report(session=session) == [
        MaskedByRule("PASSWORD", "passwords", 2, values=1, first=1, last=1),
        MaskedByRule("EMAIL", "e-mail addresses", 7, values=3, first=1, last=4),
        MaskedByRule("CUSTOMER", "CUSTOMER", 1, values=1, first=1, last=1),
    ]


def test_redaction_report_counts_places_alone_once_the_log_is_deleted() -> None:
    session = SupportSession(redaction_counts={"EMAIL": 7}, redaction_memory={})

    assert redaction_report(session=session) == [MaskedByRule("EMAIL", "e-mail addresses", 7)]


def test_redaction_report_of_a_session_in_which_nothing_was_masked_is_empty() -> None:
    assert redaction_report(session=SupportSession()) == []
