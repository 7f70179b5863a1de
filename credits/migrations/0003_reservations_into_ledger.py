"""Write the ledger of what was reserved before there was one.

Each month with reservations becomes a grant of the month's free credits with its entries. What meter-only mode let
through beyond the plan names no grant. Free credits of a month that has ended expire with it.
"""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import migrations

_MONTHLY_FREE = {"BUSINESS": 5, "PREMIUM": 10, "CORPORATE": 15, "TENSOR": 50}
_TAKEN = ("RESERVED", "CHARGED")


def _month_bounds(month, zone):
    after = month.replace(year=month.year + 1, month=1) if month.month == 12 else month.replace(month=month.month + 1)  # noqa: PLR2004
    return [datetime.combine(day, time(), tzinfo=ZoneInfo(zone)) for day in (month, after)]


def _write_month(apps, company, month, reservations, now):
    grant_model, entry_model = apps.get_model("credits", "Grant"), apps.get_model("credits", "Entry")
    free = _MONTHLY_FREE[company.plan]
    starts_at, ends_at = _month_bounds(month, company.time_zone)
    grant = grant_model.objects.create(
        company=company,
        kind="MONTHLY_FREE",
        credits=free,
        remaining=free,
        month_date=month,
        plan_credits=free,
        starts_at=starts_at,
        ends_at=ends_at,
        granted_at=starts_at,
    )
    common = {"company": company}
    entries = [entry_model(kind="GRANT", grant=grant, amount=free, held=0, at=starts_at, **common)]
    left = free
    for reservation in reservations:
        taken = reservation.state in _TAKEN and left > 0
        if taken:
            left -= 1
            reservation.grant = grant
            reservation.save(update_fields=["grant"])
        mine = {"grant": grant if taken else None, "reservation": reservation, **common}
        entries.append(entry_model(kind="RESERVE", amount=0, held=int(taken), at=reservation.reserved_at, **mine))
        if reservation.state == "RESERVED":
            continue
        kind = "CHARGE" if reservation.state == "CHARGED" else "RELEASE"
        amount = -int(taken) if kind == "CHARGE" else 0
        settled_at = reservation.settled_at or reservation.reserved_at
        entries.append(entry_model(kind=kind, amount=amount, held=-int(taken), at=settled_at, **mine))
    if ends_at <= now and left:
        entries.append(entry_model(kind="EXPIRE", grant=grant, amount=-left, held=0, at=ends_at, **common))
        left = 0
    entry_model.objects.bulk_create(sorted(entries, key=lambda entry: entry.at))
    grant_model.objects.filter(pk=grant.pk).update(remaining=left)


def write_ledger(apps, schema_editor):  # noqa: ARG001 - RunPython gives both
    reservation_model = apps.get_model("credits", "Reservation")
    now = datetime.now(tz=ZoneInfo("UTC"))
    for company in apps.get_model("accounts", "Company").objects.order_by("pk"):
        mine = reservation_model.objects.filter(company=company).order_by("reserved_at", "pk")
        for month in mine.order_by("month_date").values_list("month_date", flat=True).distinct():
            _write_month(apps, company, month, mine.filter(month_date=month), now)


def clear_ledger(apps, schema_editor):  # noqa: ARG001 - RunPython gives both
    apps.get_model("credits", "Entry").objects.all().delete()
    apps.get_model("credits", "Reservation").objects.update(grant=None)
    apps.get_model("credits", "Grant").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("credits", "0002_ledger")]

    operations = [migrations.RunPython(write_ledger, clear_ledger)]
