from summaries.domain.exports.selection import asked_of
from summaries.domain.jobs.selection import Selection
from summaries.domain.reading.filters import Window, read_filters
from summaries.enums import SessionList

FILTERS = read_filters("q=pat@acme.example&device=A&device=B&period=7")


def test_the_audit_log_keeps_the_filters_without_what_was_searched_for() -> None:
    assert asked_of(Selection(SessionList.HOME, FILTERS, Window())) == {
        "list": "home",
        "filters": {"q": "…", "device": "A, B", "period": "7"},
    }


def test_the_audit_log_keeps_how_many_were_picked() -> None:
    assert asked_of(Selection(SessionList.REPORTS, FILTERS, Window(), (1, 2))) == {"list": "reports", "chosen": 2}
