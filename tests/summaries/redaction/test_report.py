from summaries.redaction.report import describe_counts
from summaries.redaction.rules import RULE_CODES, RULE_LABELS


def test_describe_counts_uses_singular_and_plural() -> None:
    assert describe_counts({"EMAIL": 2, "PASSWORD": 1}) == "1 password, 2 e-mail addresses"


def test_describe_counts_tells_unknown_rules_by_code_and_leaves_out_zero() -> None:
    assert describe_counts({"BADGE": 3, "CARD": 0}) == "3 BADGE"
    assert describe_counts({}) == ""


def test_every_rule_has_a_label() -> None:
    assert tuple(RULE_LABELS) == RULE_CODES
