from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction

from accounts.models import ApiToken, Company
from insights_portal.lib.statements import Statement, columns_of, planned_cursor, read_model
from tests.conftest import Cast

BY_SLUG = Statement(
    lambda: Company.objects.filter(slug="").order_by("pk").values_list("name", "created_at"), is_planned_once=True
)
BY_COMPANY = Statement(
    lambda: ApiToken.objects.filter(company=0).order_by("pk").values_list("name", "scopes", "revoked_at")
)


def test_rows_are_those_of_the_values_and_not_of_the_examples(cast: Cast) -> None:
    found = [BY_SLUG.rows(company.slug) for company in (cast.northwind, cast.contoso)]

    assert found == [
        [[cast.northwind.name, cast.northwind.created_at]],
        [[cast.contoso.name, cast.contoso.created_at]],
    ]


@pytest.fixture
def tokens(cast: Cast, at: datetime) -> list[ApiToken]:
    rows = [
        ApiToken(
            company=cast.northwind,
            membership=cast.membership(cast.alice),
            name=f"T{number}",
            prefix=f"T{number}",
            digest=f"T{number}",
            scopes=["sessions:read"],
            expires_at=at,
            revoked_at=datetime(2026, 1, 2, tzinfo=UTC) if number else None,
        )
        for number in range(3)
    ]
    return ApiToken.objects.bulk_create(rows)


def test_rows_have_the_values_of_the_models(cast: Cast, tokens: list[ApiToken]) -> None:
    read = BY_COMPANY.rows(cast.northwind.pk)

    assert read == [[token.name, token.scopes, token.revoked_at] for token in tokens]
    assert read[1][1:] == [["sessions:read"], datetime(2026, 1, 2, tzinfo=UTC)]


def test_models_are_read_one_behind_the_other(cast: Cast, tokens: list[ApiToken]) -> None:
    columns = (*columns_of(Company, "company__"), "name", *columns_of(ApiToken))
    statement = Statement(lambda: ApiToken.objects.filter(name="").values_list(*columns))

    values = iter(statement.rows("T1")[0])
    company, name, token = read_model(Company, values), next(values), read_model(ApiToken, values)

    assert (company, name, token) == (cast.northwind, "T1", tokens[1])
    assert (company.name, token.scopes, token.expires_at) == (
        cast.northwind.name,
        ["sessions:read"],
        tokens[1].expires_at,
    )
    assert token.get_deferred_fields() == set()


@pytest.mark.parametrize(("part", "names"), [(slice(0, 2), ["T0", "T1"]), (slice(2, 4), ["T2"]), (slice(3, 4), [])])
def test_a_part_of_the_rows_is_cut_by_the_database(
    cast: Cast, tokens: list[ApiToken], part: slice, names: list[str]
) -> None:
    assert [row[0] for row in BY_COMPANY.rows(cast.northwind.pk, part=part)] == names


def test_a_statement_is_put_together_once(cast: Cast, tokens: list[ApiToken]) -> None:
    asked: list[None] = []

    def selected() -> Any:
        asked.append(None)
        return Company.objects.filter(slug="").values_list("name")

    statement = Statement(selected)

    assert [statement.rows(slug) for slug in (cast.northwind.slug, "nobody")] == [[[cast.northwind.name]], []]
    assert len(asked) == 1


def test_a_statement_is_counted_like_any_other(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        BY_SLUG.rows(cast.northwind.slug)


def test_the_same_rows_come_from_a_plan_that_was_kept(cast: Cast) -> None:
    # The driver keeps a plan from the sixth time on, the server one for all values from the eleventh.
    found = [BY_SLUG.rows((cast.northwind, cast.contoso)[number % 2].slug)[0][0] for number in range(24)]

    assert found == [cast.northwind.name, cast.contoso.name] * 12


def test_errors_of_the_database_are_those_of_the_framework(cast: Cast) -> None:
    with pytest.raises((ProgrammingError, OperationalError)), transaction.atomic(), planned_cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")


@pytest.mark.skipif(connection.vendor == "sqlite", reason="It is in the process: no server goes away.")
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_lost_since_the_last_request_is_made_anew() -> None:
    assert BY_SLUG.rows("nobody") == []
    connection.health_check_done = False  # as each request begins

    connection.connection.close()

    assert BY_SLUG.rows("nobody") == []
