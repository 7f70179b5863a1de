from datetime import datetime
from typing import Any

import pytest

from accounts.enums import BillingRounding
from accounts.models import AuditEntry, Company
from accounts.tenancy import PermissionMissing
from summaries.domain.reports.layouts import (
    BILLING,
    LAYOUT,
    UnableToSaveLayout,
    check_layout,
    layout_of,
    remove_logo,
    save_layout,
    store_logo,
)
from summaries.domain.reports.logos import UnableToUseLogo
from summaries.models import ReportLayout
from tests.conftest import Cast
from tests.summaries.domain.reports.test_logos import picture

PLAIN = {name: getattr(ReportLayout(), name) for name in LAYOUT} | {name: getattr(Company(), name) for name in BILLING}


def save(cast: Cast, at: datetime, *, version: int = 0, **values: Any) -> ReportLayout:
    return save_layout(company=cast.northwind, values=PLAIN | values, version=version, actor=cast.alice, at=at)


def changes() -> list[dict[str, Any]]:
    return [entry.details for entry in AuditEntry.objects.filter(action="report_layout.changed").order_by("pk")]


def test_a_company_that_saved_nothing_has_the_layout_that_all_begin_with(cast: Cast) -> None:
    layout = layout_of(company=cast.northwind)

    assert (layout.pk, layout.version, bytes(layout.logo), layout.number_format) == (None, 0, b"", "{session}")


def test_a_layout_is_stored_and_told(cast: Cast, at: datetime) -> None:
    saved = save(cast, at, accent="TEAL", shows_notes=False, footer="HRB 1", letterhead="Harbour Road 12")

    stored = layout_of(company=cast.northwind)
    assert (stored, stored.accent, stored.shows_notes, stored.footer, stored.version) == (
        saved,
        "TEAL",
        False,
        "HRB 1",
        1,
    )
    assert changes() == [
        {
            "letterhead": "changed",
            "accent": {"before": "GRAPHITE", "after": "TEAL"},
            "footer": "changed",
            "shows_notes": {"before": True, "after": False},
        }
    ]
    assert layout_of(company=cast.contoso).pk is None


def test_the_billing_rule_is_stored_on_the_company(cast: Cast, at: datetime) -> None:
    save(cast, at, billing_step_minutes=15, billing_rounding=BillingRounding.NEAREST, billing_minimum_minutes=30)

    stored = Company.objects.get(pk=cast.northwind.pk)
    assert (stored.billing_step_minutes, stored.billing_rounding, stored.billing_minimum_minutes) == (15, "NEAREST", 30)
    assert changes()[0]["billing_step_minutes"] == {"before": 5, "after": 15}
    assert Company.objects.get(pk=cast.contoso.pk).billing_step_minutes == 5


def test_a_layout_saved_as_it_is_changes_nothing(cast: Cast, at: datetime) -> None:
    save(cast, at)

    assert (ReportLayout.objects.count(), changes()) == (0, [])


def test_a_layout_that_someone_else_changed_meanwhile_is_not_overwritten(cast: Cast, at: datetime) -> None:
    save(cast, at, accent="TEAL")

    with pytest.raises(UnableToSaveLayout, match="Someone else changed the layout"):
        save(cast, at, accent="RED")
    save(cast, at, accent="BLUE", version=1)
    assert layout_of(company=cast.northwind).accent == "BLUE"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("letterhead", "a\n" * 7, "has 6 lines at most"),
        ("number_format", "SR-{year}", "Name {session} or {number}"),
        ("number_format", "{number}-{day}", "Use {session}, {number}"),
        ("number_format", "{number.__class__}", "Use {session}, {number}"),
        ("number_format", "{number", "Use {session}, {number}"),
        ("number_format", "{{number}}", "Use {session}, {number}"),
    ],
)
def test_what_would_make_no_report_is_refused_at_its_field(
    cast: Cast, at: datetime, field: str, value: str, sentence: str
) -> None:
    with pytest.raises(UnableToSaveLayout) as refused:
        save(cast, at, **{field: value})

    assert sentence in str(refused.value)
    assert refused.value.field == field
    assert changes() == []


@pytest.mark.parametrize("wording", ["{session}", "{number}", "SR-{year}-{month}-{number}"])
def test_numbers_that_tell_reports_apart_are_fine(wording: str) -> None:
    check_layout(values={"letterhead": "a\nb", "number_format": wording})


def test_only_whoever_manages_the_company_changes_it(cast: Cast, at: datetime) -> None:
    common = {"company": cast.northwind, "version": 0, "at": at}

    for actor in (cast.bob, cast.mona, cast.charlie):
        with pytest.raises(PermissionMissing):
            save_layout(values=PLAIN | {"accent": "RED"}, actor=actor, **common)
        with pytest.raises(PermissionMissing):
            store_logo(upload=picture(), actor=actor, **common)
        with pytest.raises(PermissionMissing):
            remove_logo(actor=actor, **common)
    assert not ReportLayout.objects.exists()


def test_a_logo_is_stored_replaced_and_removed(cast: Cast, at: datetime) -> None:
    common = {"company": cast.northwind, "actor": cast.alice, "at": at}

    store_logo(upload=picture("JPEG"), version=0, **common)
    first = bytes(layout_of(company=cast.northwind).logo)
    with pytest.raises(UnableToSaveLayout, match="Someone else"):
        store_logo(upload=picture(), version=0, **common)
    with pytest.raises(UnableToUseLogo):
        store_logo(upload=b"<svg/>", version=1, **common)
    assert bytes(layout_of(company=cast.northwind).logo) == first
    remove_logo(version=1, **common)
    remove_logo(version=2, **common)

    assert first.startswith(b"\x89PNG")
    assert bytes(layout_of(company=cast.northwind).logo) == b""
    assert changes() == [{"logo": "changed"}, {"logo": "removed"}]


def test_a_layout_can_be_read_without_its_logo(cast: Cast, at: datetime) -> None:
    store_logo(company=cast.northwind, upload=picture(), version=0, actor=cast.alice, at=at)

    assert layout_of(company=cast.northwind, with_logo=False).get_deferred_fields() == {"logo"}
