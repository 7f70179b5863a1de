"""A list of devices in two steps: check all of it, then put it in, part by part and safe to repeat."""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import require
from policies.domain.device_lists import DeviceRow, read_list
from policies.domain.device_rows import ListPlan, UnableToApply, apply_rows, check_filling, in_batches, plan_rows
from policies.enums import ImportState
from policies.models import DeviceImport

#: A checked list that nobody puts in is thrown away.
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CheckedList:
    """What a file would do. *waiting* is None where something is wrong with it, or nothing is to be done."""

    plan: ListPlan
    waiting: DeviceImport | None


def check_list(*, company: Company, file_name: str, content: bytes, actor: User, at: datetime) -> CheckedList:
    """Compare a CSV file with the devices that are there, and keep it for `apply_import`.

    Raises PermissionMissing, UnableToReadList, UnableToApply.
    """
    require(actor, Permission.MANAGE_POLICIES, company.pk)
    plan = plan_rows(company=company, rows=read_list(content=content))
    if plan.assigns_policies:
        require(actor, Permission.ASSIGN_POLICIES, company.pk)
    check_filling(groups=plan.filled_groups.values(), actor=actor)
    throw_away_old(company=company, at=at)
    if plan.problem_count or not plan.new + plan.changed:
        return CheckedList(plan, None)
    waiting = DeviceImport.objects.create(
        company=company,
        made_by=actor,
        made_at=at,
        file_name=file_name[-200:],
        content=zlib.compress(content),
        new_count=plan.new,
        changed_count=plan.changed,
        unchanged_count=plan.unchanged,
        new_groups=sorted(plan.new_groups.values()),
        examples=plan.examples,
    )
    return CheckedList(plan, waiting)


def throw_away_old(*, at: datetime, company: Company | None = None) -> int:
    """Delete the lists of a day ago, of one company or of all: they name devices. Returns how many.

    One that is being put in is spared for another day.
    """
    lists = DeviceImport.objects.filter(company=company) if company else DeviceImport.objects.all()
    old = Q(made_at__lt=at - KEPT) & ~Q(state=ImportState.APPLYING)
    return int(lists.filter(old | Q(made_at__lt=at - 2 * KEPT)).delete()[0])


def apply_import(*, device_import: DeviceImport, actor: User, at: datetime) -> DeviceImport:
    """Put a checked list in. It is checked as a whole once more; a repeated call goes on where another stopped.

    Every transaction is short, and other changes may come in between: a row that no longer fits stops it.
    Raises PermissionMissing, UnableToApply.
    """
    company = device_import.company
    require(actor, Permission.MANAGE_POLICIES, company.pk)
    taken = DeviceImport.objects.filter(pk=device_import.pk).exclude(state=ImportState.APPLIED)
    if not taken.update(state=ImportState.APPLYING):
        device_import.refresh_from_db()
        return device_import
    content = zlib.decompress(device_import.content)
    plan = plan_rows(company=company, rows=read_list(content=content))
    if plan.problems:
        taken.update(state=ImportState.CHECKED)
        first = plan.problems[0]
        raise UnableToApply(
            _("Something changed since the list was checked. Line %(line)s: %(sentence)s Upload it again.")
            % {"line": first.line, "sentence": first.sentence}
        )
    done = 0
    for batch in in_batches(row for row in read_list(content=content) if isinstance(row, DeviceRow)):
        apply_rows(company=company, rows=batch, source=device_import.file_name, actor=actor, at=at)
        done += len(batch)
        taken.update(done_rows=done)
    taken.update(state=ImportState.APPLIED, content=b"", examples=[], new_groups=[])
    device_import.refresh_from_db()
    return device_import
