import pytest

from summaries.domain.evidence.proof import proof_of
from summaries.domain.evidence.standing import Standing
from tests.summaries.hand_made import session

BROKEN = (("COMMAND", "systemctl is-active cups"), ("OUTPUT", "failed"), ("EXIT", "3"))
REPAIR = (("COMMAND", "systemctl restart cups"), ("EXIT", "0"))
WORKS = (("COMMAND", "systemctl is-active cups"), ("OUTPUT", "active"), ("EXIT", "0"))
THANKS = (("CHAT", "It works now, thank you", "REMOTE_USER"),)
BACK = (("CHAT", "It doesn't work again", "REMOTE_USER"),)


def standing(*rows):
    interactions = session(*rows)
    return Standing(interactions, proof_of(interactions, cited=range(len(rows) + 1)))


@pytest.mark.parametrize(
    ("rows", "cited", "expected"),
    [
        ((*BROKEN, *REPAIR, *WORKS), {7}, True),
        ((*BROKEN, *REPAIR), {5}, True),
        ((*WORKS, *BROKEN), {2}, False),
        (THANKS, {1}, True),
        ((*THANKS, *BACK), {1}, False),
        ((*THANKS, *BACK, *THANKS), {3}, True),
        ((*THANKS, ("CHAT", "Goodbye", "REMOTE_USER")), {1}, True),
        ((*WORKS, *BACK), {2}, False),
        (REPAIR, {2}, False),
        ((("COMMAND", "export-stock"), ("EXIT", "1"), ("COMMAND", "export-stock"), ("EXIT", "0")), {4}, True),
        ((("COMMAND", "ls"),), {1}, False),
    ],
)
def test_a_success_stands_when_it_is_the_last_word(rows, cited, expected):
    assert standing(*rows).success(cited, wholly=True) is expected


def test_a_check_left_failing_after_the_success_lets_it_stand_in_part_only():
    rows = (*THANKS, *BROKEN)
    assert standing(*rows).success({1}, wholly=True) is False
    assert standing(*rows).success({1}, wholly=False) is True


@pytest.mark.parametrize(
    ("rows", "cited", "expected"),
    [
        (BROKEN, {2}, True),
        ((*BROKEN, *REPAIR, *WORKS), {2}, False),
        ((*BROKEN, *THANKS), {2}, False),
        ((*THANKS, *BACK), {2}, True),
        ((*BACK, *THANKS), {1}, False),
        (WORKS, {2}, False),
    ],
)
def test_a_failure_stands_when_it_is_the_last_word(rows, cited, expected):
    assert standing(*rows).failure(cited) is expected
