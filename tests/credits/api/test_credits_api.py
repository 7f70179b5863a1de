"""Credits through the API, as programs read them."""

import pytest

from accounts.domain import disclosures
from accounts.enums import ApiScope
from credits.domain.grants import grant_purchased
from credits.models import CreditAlert, Forecast, Grant, Reservation
from tests.conftest import NOW
from tests.credits.ledger_rows import count_only, use_credit
from tests.summaries.api.conftest import client_of

__all__ = ["client_of"]

URL = "/api/v1/credits/"


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def used(cast):
    northwind = cast.northwind
    for number, member in ((1, cast.bob), (2, cast.mona)):
        use_credit(northwind, at=NOW, member_id=member.pk, session_label=f"S-{number}")
    use_credit(cast.contoso, at=NOW, member_id=cast.charlie.pk, session_label="S-77")
    return northwind


@pytest.fixture
def api(cast, client_of):
    return client_of(cast.alice, ApiScope.CREDITS_READ)


def listed(api, query=""):
    answer = api.get(f"{URL}entries/{query}")
    assert answer.status_code == 200
    return answer.json()["results"]


def test_the_account_tells_balance_grants_forecast_and_alerts(cast, api, used):
    grant_purchased(company=used, credits=20, at=NOW)
    CreditAlert.objects.create(company=used, month_date="2026-11-01", threshold=50, used=25, granted=50, raised_at=NOW)
    Forecast.objects.create(
        company=used, day_date="2026-11-20", used=2, available=68, daily_use="1.50", month_use=17, ends_unused=31
    )
    free, purchased = Grant.objects.filter(company=used).order_by("ends_at")

    assert api.get(URL).json() == {
        "month": "2026-11-01",
        "time_zone": used.time_zone,
        "mode": "BUDGET",
        "balance": {"used": 2, "available": 68, "granted": 70, "metered": 0},
        "grants": [
            {
                "id": free.pk,
                "kind": "MONTHLY_FREE",
                "name": "Free credits, November 2026",
                "credits": 50,
                "left": 48,
                "ends_at": "2026-12-01T00:00:00Z",
                "last_day": "2026-11-30",
            },
            {
                "id": purchased.pk,
                "kind": "PURCHASED",
                "name": "Purchased",
                "credits": 20,
                "left": 20,
                "ends_at": "2027-11-20T09:00:00Z",
                "last_day": "2027-11-20",
            },
        ],
        "forecast": {"daily_use": "1.50", "month_use": 17, "runs_out_on": None, "ends_unused": 31},
        "alerts": [
            {"threshold": 50, "used": 25, "granted": 50, "raised_at": "2026-11-20T09:00:00Z", "cleared_at": None}
        ],
    }


def test_meter_only_mode_is_named(api, used):
    count_only(used)

    told = api.get(URL).json()

    assert (told["mode"], told["forecast"]) == ("METER_ONLY", None)


def test_entries_tell_the_balance_after_each_newest_first(cast, api, used):
    rows = listed(api)
    reservation = Reservation.objects.get(company=used, session_label="S-2")

    assert rows[0] == {
        "id": reservation.entries.get(kind="CHARGE").pk,
        "at": "2026-11-20T09:01:00Z",
        "type": "CHARGE",
        "session": "S-2",
        "session_id": str(reservation.session_id),
        "member": {"name": "Mona", "email": "mona@northwind.example"},
        "amount": -1,
        "held": -1,
        "balance": 48,
        "metered": False,
        "grant": {"id": reservation.grant_id, "name": "Free credits, November 2026"},
        "note": "",
    }
    assert [(row["type"], row["session"], row["balance"]) for row in rows] == [
        ("CHARGE", "S-2", 48),
        ("RESERVE", "S-2", 49),
        ("CHARGE", "S-1", 49),
        ("RESERVE", "S-1", 50),
        ("GRANT", "", 50),
    ]
    assert (rows[-1]["member"], rows[-1]["session_id"]) == (None, None)


def test_metered_entries_name_no_grant(api, used):
    count_only(used)
    use_credit(used, at=NOW, session_label="S-3")

    row = listed(api)[0]

    assert (row["metered"], row["grant"], row["amount"], row["balance"]) == (True, None, 0, 48)


@pytest.mark.parametrize(
    ("query", "sessions"),
    [
        ("?type=CHARGE", ["S-2", "S-1"]),
        ("?session=s-1", ["S-1", "S-1"]),
        ("?member=mona@northwind.example&type=RESERVE", ["S-2"]),
        ("?member=charlie@contoso.example", []),
        ("?entered_after=2026-11-20T09:00:30Z", ["S-2", "S-1"]),
        ("?entered_before=2026-11-20T09:00:30Z&type=RESERVE", ["S-2", "S-1"]),
        ("?grant=999999", []),
        ("?session_id=00000000-0000-0000-0000-000000000000", []),
    ],
)
def test_entries_are_filtered(api, used, query, sessions):
    assert [row["session"] for row in listed(api, query)] == sessions


@pytest.mark.parametrize(
    "query",
    ["?type=GIFT", "?grant=-1", "?session_id=x", "?entered_after=soon", "?entered_after=0001-01-01T00:00:00%2B14:00"],
)
def test_what_is_no_filter_is_told(api, used, query):
    assert api.get(f"{URL}entries/{query}").status_code == 400


def test_pages_follow_each_other_by_cursor(api, used):
    first = api.get(f"{URL}entries/?page_size=2").json()
    second = api.get(first["next"]).json()

    assert [row["balance"] for row in first["results"] + second["results"]] == [48, 49, 49, 50]
    assert api.get(f"{URL}entries/?cursor=zzz").status_code == 404


def test_it_needs_the_scope_and_the_permission(cast, client_of, used):
    without_scope = client_of(cast.alice, ApiScope.SESSIONS_READ)
    without_permission = client_of(cast.mona)

    assert [without_scope.get(URL + part).status_code for part in ("", "entries/")] == [403, 403]
    assert [without_permission.get(URL + part).status_code for part in ("", "entries/")] == [403, 403]
    assert without_scope.post(URL).status_code == 405


def test_another_company_reads_its_own_alone(cast, client_of, used):
    api = client_of(cast.charlie)

    assert {row["session"] for row in listed(api)} == {"", "S-77"}
    assert listed(api, "?member=bob@northwind.example") == []


def test_in_works_council_mode_nobody_is_named_or_looked_for(cast, api, used):
    disclosures.switch_on(company=used, actor=cast.alice, at=NOW)

    rows = listed(api)

    assert {row["member"]["email"] for row in rows if row["member"]} == {""}
    assert all(row["member"]["name"].startswith("Supporter ") for row in rows if row["member"])
    assert listed(api, "?member=bob@northwind.example") == []


def test_a_list_is_as_many_queries_for_one_row_as_for_three(cast, api, django_assert_num_queries):
    grant_purchased(company=cast.northwind, credits=1, at=NOW)
    listed(api)
    with django_assert_num_queries(10):
        listed(api)
    use_credit(cast.northwind, at=NOW, member_id=cast.bob.pk)

    with django_assert_num_queries(10):
        assert len(listed(api)) == 4
