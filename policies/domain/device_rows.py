"""What a list of devices would change, and the change itself: by name, so that the same list twice changes nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.administrators import lock_company
from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import require
from policies.domain.device_lists import DeviceRow, RowProblem
from policies.domain.groups import growth_refusal
from policies.models import Device, DeviceGroup, Policy

#: Rows of one transaction: 250 take about 30 ms on SQLite.
BATCH = 250
PROBLEMS_SHOWN, EXAMPLES_SHOWN = 100, 20
_PLAIN = {"operating_system": "operating_system", "customer": "customer", "managed": "is_managed"}
_WRITTEN = ["operating_system", "customer", "is_managed", "access_control", "group", "policy"]


class UnableToApply(Exception):
    """The list no longer fits what is there; the sentence says where it stopped."""


class RowsRefused(Exception):
    """Something is wrong with single rows; *problems* says what. Nothing was changed."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(_("Some devices can't be put in. Nothing was changed."))
        self.problems = problems


@dataclass(slots=True)
class ListPlan:
    """What a list would do. *problems* holds the first 100; with one, nothing is done."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    problem_count: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    #: By name in small letters.
    new_groups: dict[str, str] = field(default_factory=dict)
    #: Groups that are there and get devices, by key.
    filled_groups: dict[int, DeviceGroup] = field(default_factory=dict)
    examples: list[dict[str, Any]] = field(default_factory=list)
    assigns_policies: bool = False

    def add_problem(self, problem: RowProblem) -> None:
        self.problem_count += 1
        if len(self.problems) < PROBLEMS_SHOWN:
            self.problems.append(problem)


@dataclass(slots=True)
class _Change:
    """One row against what is there: the device as it will be, and the columns that differ."""

    row: DeviceRow
    device: Device
    is_new: bool
    group_name: str | None
    differs: list[str]


class _Stock:
    """The company's groups and policies by name."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.groups = {group.name.lower(): group for group in DeviceGroup.objects.filter(company=company)}
        self.policies = {policy.name.lower(): policy for policy in Policy.objects.filter(company=company)}

    def compare(self, rows: Sequence[DeviceRow]) -> Iterator[_Change | RowProblem]:
        """Each row against the stored device of its name. One query, or two for names beyond ASCII."""
        named = Device.objects.filter(company=self.company).annotate(lowered=Lower("name"))
        wanted = {spelling for row in rows for spelling in _spellings(row.name)}
        stored: dict[str, Device] = {device.lowered: device for device in named.filter(lowered__in=wanted)}
        unknown = [row.name for row in rows if not (row.name.isascii() or stored.keys() & set(_spellings(row.name)))]
        # How a database makes small letters of these, it alone knows: Σ may be σ or ς.
        asked = named.filter(lowered__in=[Lower(Value(name)) for name in unknown]) if unknown else []
        folded: dict[str, Device] = {device.name.casefold(): device for device in asked}
        for row in rows:
            device = next((stored[spelling] for spelling in _spellings(row.name) if spelling in stored), None)
            if device is None and not row.name.isascii():
                device = folded.get(row.name.casefold())
            yield self._compare(row, device)

    def _compare(self, row: DeviceRow, stored: Device | None) -> _Change | RowProblem:
        device = stored or Device(company=self.company, name=row.name)
        change = _Change(row, device, stored is None, None, [])
        for column, attribute in _PLAIN.items():
            self._set(change, column, attribute)
        self._set(change, "access_control", "access_control")
        if "group" in row.values:
            self._set_group(change, row.values["group"])
        if "policy" in row.values:
            name = row.values["policy"]
            policy = self.policies.get(name.lower())
            if name and policy is None:
                sentence = _("There is no policy “%(name)s”. Make it first, or leave the cell empty.")
                return RowProblem(row.line, sentence % {"name": name})
            if device.policy_id != (policy.pk if policy else None):
                change.differs.append("policy")
                device.policy = policy
        if device.policy_id is not None and not device.is_managed:
            sentence = _("“%(name)s” is not managed, and policies attach to managed devices only.")
            return RowProblem(row.line, sentence % {"name": row.name})
        return change

    def _set(self, change: _Change, column: str, attribute: str) -> None:
        values = change.row.values
        if column in values and getattr(change.device, attribute) != values[column]:
            change.differs.append(column)
            setattr(change.device, attribute, values[column])

    def _set_group(self, change: _Change, name: str) -> None:
        group = self.groups.get(name.lower())
        if name and group is None:
            change.group_name = name
        if (name and group is None) or change.device.group_id != (group.pk if group else None):
            change.differs.append("group")
            change.device.group = group


def plan_rows(*, company: Company, rows: Iterable[DeviceRow | RowProblem]) -> ListPlan:
    """Compare a whole list with what is there; nothing is changed. One query for each 250 rows and two more."""
    plan, stock, seen = ListPlan(), _Stock(company), dict[str, int]()
    for batch in in_batches(rows):
        good = []
        for row in batch:
            if isinstance(row, RowProblem):
                plan.add_problem(row)
            elif row.name.lower() in seen:
                sentence = _("“%(name)s” stands in line %(line)s already.")
                known = {"name": row.name, "line": seen[row.name.lower()]}
                plan.add_problem(RowProblem(row.line, sentence % known))
            else:
                seen[row.name.lower()] = row.line
                good.append(row)
        for change in stock.compare(good):
            _count(plan, change)
    return plan


def _count(plan: ListPlan, change: _Change | RowProblem) -> None:
    if isinstance(change, RowProblem):
        plan.add_problem(change)
        return
    plan.new += change.is_new
    plan.changed += bool(change.differs) and not change.is_new
    plan.unchanged += not (change.differs or change.is_new)
    plan.assigns_policies |= "policy" in change.differs
    if "group" in change.differs and change.device.group is not None:
        plan.filled_groups[change.device.group.pk] = change.device.group
    if change.group_name:
        plan.new_groups.setdefault(change.group_name.lower(), change.group_name)
    if (change.is_new or change.differs) and len(plan.examples) < EXAMPLES_SHOWN:
        told = _("new") if change.is_new else ", ".join(column.replace("_", " ") for column in change.differs)
        plan.examples.append({"line": change.row.line, "name": change.row.name, "changes": told})


@transaction.atomic
def apply_rows(
    *, company: Company, rows: Sequence[DeviceRow], source: str, actor: User, at: datetime
) -> tuple[int, int]:
    """Put a batch of rows in, or up to 1,000 from the API; returns (new, changed). All or none.

    Raises PermissionMissing, UnableToApply.
    """
    lock_company(company=company)
    require(actor, Permission.MANAGE_POLICIES, company.pk)
    stock = _Stock(company)
    changes = []
    for change in stock.compare(rows):
        if isinstance(change, RowProblem):
            raise UnableToApply(_("Line %(line)s: %(sentence)s") % {"line": change.line, "sentence": change.sentence})
        if change.is_new or change.differs:
            changes.append(change)
    if any("policy" in change.differs for change in changes):
        require(actor, Permission.ASSIGN_POLICIES, company.pk)
    joined = {change.device.group for change in changes if "group" in change.differs and change.device.group}
    check_filling(groups=joined, actor=actor)
    _make_groups(stock, changes)
    new = [change.device for change in changes if change.is_new]
    old = [change.device for change in changes if not change.is_new]
    try:
        Device.objects.bulk_create(new)
    except IntegrityError as error:
        raise UnableToApply(_("Two names differ in capitals only. Give each device a name of its own.")) from error
    # By key, in one statement: an UPDATE with a CASE for each column and row takes ten times as long.
    Device.objects.bulk_create(old, update_conflicts=True, unique_fields=["id"], update_fields=_WRITTEN)
    if changes:
        details = {"source": source, "new": len(new), "changed": len(old)}
        audit.record(company=company, actor=actor, action="device.imported", at=at, details=details)
    return len(new), len(old)


def check_filling(*, groups: Iterable[DeviceGroup], actor: User) -> None:
    """Raise UnableToApply where *actor* may not put devices into one of *groups*."""
    if refusal := growth_refusal(groups=groups, actor=actor):
        raise UnableToApply(refusal)


def put_rows(
    *, company: Company, rows: Sequence[DeviceRow | RowProblem], source: str, actor: User, at: datetime
) -> tuple[int, int]:
    """Check up to 1,000 rows and put them in; returns (new, changed). All or none.

    Raises PermissionMissing, RowsRefused, UnableToApply.
    """
    require(actor, Permission.MANAGE_POLICIES, company.pk)
    # Outside the transaction, which checks the rows against what is there once more.
    plan = plan_rows(company=company, rows=rows)
    if plan.problems:
        raise RowsRefused(plan.problems)
    check_filling(groups=plan.filled_groups.values(), actor=actor)
    good = [row for row in rows if isinstance(row, DeviceRow)]
    return apply_rows(company=company, rows=good, source=source, actor=actor, at=at)


def _make_groups(stock: _Stock, changes: Sequence[_Change]) -> None:
    for change in changes:
        if change.group_name:
            key = change.group_name.lower()
            if key not in stock.groups:
                stock.groups[key] = DeviceGroup.objects.create(company=stock.company, name=change.group_name)
            change.device.group = stock.groups[key]


def _spellings(name: str) -> tuple[str, str]:
    """The name in small letters as the databases see it: SQLite lowers ASCII only."""
    return name.lower(), "".join(sign.lower() if sign.isascii() else sign for sign in name)


def in_batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch
