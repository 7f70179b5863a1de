from datetime import date, timedelta

from summaries.domain.generation.token_use import next_day, record_tokens, tokens_left
from summaries.models import TokenUse


def test_tokens_are_counted_by_the_companys_own_day(cast, at):
    cast.northwind.time_zone = "Pacific/Kiritimati"
    morning = at + timedelta(hours=2)  # an hour past midnight there

    for tokens in (5, 0, 7):
        record_tokens(company=cast.northwind, tokens=tokens, at=morning)
    record_tokens(company=cast.contoso, tokens=1, at=morning)

    used = TokenUse.objects.order_by("company").values_list("company", "day", "tokens")
    assert list(used) == [
        (cast.northwind.pk, date(2026, 11, 21), 12),
        (cast.contoso.pk, date(2026, 11, 20), 1),
    ]


def test_the_ceiling_is_the_companys_and_the_days(cast, at, settings):
    assert tokens_left(company=cast.northwind, at=at) is None
    settings.ENGINE_TOKENS_PER_COMPANY_DAY = 10

    record_tokens(company=cast.northwind, tokens=12, at=at)

    assert tokens_left(company=cast.northwind, at=at) == 0
    assert tokens_left(company=cast.contoso, at=at) == 10
    assert tokens_left(company=cast.northwind, at=at + timedelta(days=1)) == 10


def test_the_next_day_begins_at_midnight_there(cast, at):
    cast.northwind.time_zone = "Europe/Berlin"

    assert next_day(company=cast.northwind, at=at).isoformat() == "2026-11-21T00:00:00+01:00"
