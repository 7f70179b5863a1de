"""Mappings of other tools' reports: saved by name for the company, and used for whatever file has the same headers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import access_or_404, require
from summaries.domain.interaction_rows import clean
from summaries.enums import DayOrder, DurationUnit, PlaceUnit
from summaries.models import ReportMapping
from summaries.sources.base import Place, SessionRecord
from summaries.sources.reports.mapped_csv import (
    FIELDS,
    ColumnMapping,
    MappedCSVSource,
    UnableToMap,
    fits,
    record_of,
)
from summaries.sources.reports.tables import TableRow

MAX_NAME_CHARS = 80
#: A company with more has one for each file; they are all tried on each CSV.
MAX_MAPPINGS = 100


class UnableToSaveMapping(Exception):
    """The mapping was not saved; the sentence says why. *field* is what it stands at."""

    def __init__(self, sentence: str, *, field: str) -> None:
        super().__init__(sentence)
        self.field = field


class NoSuchMapping(Exception):
    """The company has no mapping of that name; the sentence names those it has."""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row of the file as it would be read. *problem*: why it would not."""

    line: int
    record: SessionRecord | None = None
    problem: str = ""


def preview(*, mapping: ColumnMapping, cells: Sequence[Sequence[str]]) -> list[PreviewRow]:
    """What the first rows of a file give under *mapping*. Pure."""
    shown = []
    for line, values in enumerate(cells, start=2):
        row = TableRow(Place(PlaceUnit.LINE, line), dict(zip(mapping.headers, values, strict=False)))
        try:
            shown.append(PreviewRow(line, record_of(row, mapping)))
        except UnableToMap as problem:
            shown.append(PreviewRow(line, problem=str(problem)))
    return shown


def check_mapping(mapping: ColumnMapping) -> ColumnMapping:
    """The mapping without empty columns. Raises UnableToSaveMapping."""
    columns = {field: header for field, header in mapping.columns.items() if header}
    for field, header in columns.items():
        if field not in FIELDS or header not in mapping.headers:
            raise UnableToSaveMapping(_("The file has no such column. Choose the file again."), field=field)
        if list(columns.values()).count(header) > 1:
            label = FIELDS[field][0]
            raise UnableToSaveMapping(
                _("A column holds one thing only: choose another for “%(label)s”.") % {"label": _(label)}, field=field
            )
    if "start" not in columns:
        raise UnableToSaveMapping(_("Choose the column that holds the start."), field="start")
    if not {"end", "duration"} & columns.keys():
        raise UnableToSaveMapping(_("Choose the column that holds the end, or the one with the duration."), field="end")
    return replace(mapping, columns=columns)


def save_mapping(*, company: Company, mapping: ColumnMapping, actor: User, at: datetime) -> ReportMapping:
    """Store a mapping under its name. Raises PermissionMissing, UnableToSaveMapping."""
    require(actor, Permission.MANAGE_INTEGRATIONS, company.pk)
    mapping = check_mapping(mapping)
    name = " ".join(clean(mapping.name).split())
    if not name or len(name) > MAX_NAME_CHARS:
        raise UnableToSaveMapping(
            _("Name the mapping, in 1 to %(max_name_chars)s characters.") % {"max_name_chars": MAX_NAME_CHARS},
            field="name",
        )
    others = ReportMapping.objects.filter(company=company)
    if others.count() >= MAX_MAPPINGS:
        raise UnableToSaveMapping(
            _("There are %(max_mappings)s mappings, the most. Delete one first.") % {"max_mappings": MAX_MAPPINGS},
            field="name",
        )
    same = next((each for each in others if fits(column_mapping(each), mapping.headers)), None)
    if same is not None:
        raise UnableToSaveMapping(
            _("Files with these headers are read by “%(name)s” already. Delete that mapping first.")
            % {"name": same.name},
            field="name",
        )
    try:
        with transaction.atomic():
            stored: ReportMapping = ReportMapping.objects.create(
                company=company,
                name=name,
                headers=[clean(header) for header in mapping.headers],
                columns={field: clean(header) for field, header in mapping.columns.items()},
                day_order=mapping.day_order,
                duration_unit=mapping.duration_unit,
                changed_at=at,
            )
            _tell(stored, action="report_mapping.created", actor=actor, at=at)
    except IntegrityError as taken:
        raise UnableToSaveMapping(_("A mapping has this name already. Choose another."), field="name") from taken
    return stored


@transaction.atomic
def delete_mapping(*, company: Company, mapping_id: int, actor: User, at: datetime) -> str:
    """Forget a mapping; sessions that it read stay. Returns its name. Raises PermissionMissing, Http404."""
    require(actor, Permission.MANAGE_INTEGRATIONS, company.pk)
    stored: ReportMapping = access_or_404(ReportMapping.objects.filter(company=company), pk=mapping_id)
    _tell(stored, action="report_mapping.deleted", actor=actor, at=at)
    stored.delete()
    return stored.name


def _tell(stored: ReportMapping, *, action: str, actor: User, at: datetime) -> None:
    details = {"name": stored.name, "columns": len(stored.columns)}
    audit.record(company=stored.company, actor=actor, action=action, at=at, target=stored, details=details)


def mappings_of(*, company: Company) -> list[ReportMapping]:
    return list(ReportMapping.objects.filter(company=company))


def column_mapping(stored: ReportMapping) -> ColumnMapping:
    columns: Mapping[str, str] = stored.columns
    return ColumnMapping(
        name=stored.name,
        headers=tuple(stored.headers),
        columns=columns,
        day_order=DayOrder(stored.day_order),
        duration_unit=DurationUnit(stored.duration_unit),
    )


def source_of(stored: ReportMapping) -> MappedCSVSource:
    return MappedCSVSource(column_mapping(stored), key=stored.name.casefold())


def sources_of(*, company: Company) -> tuple[MappedCSVSource, ...]:
    """What the company reads besides the known formats. One query."""
    return tuple(source_of(stored) for stored in mappings_of(company=company))


def source_named(*, company: Company, name: str) -> MappedCSVSource:
    """The source of the mapping with this name. Raises NoSuchMapping."""
    stored = {each.name.casefold(): each for each in mappings_of(company=company)}
    if name.casefold() not in stored:
        known = ", ".join(f"“{each.name}”" for each in stored.values()) or _("none yet")
        raise NoSuchMapping(
            _("%(company)s has no mapping “%(name)s”. Its mappings: %(known)s.")
            % {"company": company, "name": name, "known": known}
        )
    return source_of(stored[name.casefold()])
