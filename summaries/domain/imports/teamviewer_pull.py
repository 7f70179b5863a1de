"""Fetches a company's connection reports, page by page, so that a kill at any moment loses and doubles nothing.

A window of time is read from its first page to its last. The cursor is stored after a page whose sessions are in; a
page that was cut off is asked for again, and sessions that are there already are known by their ids. The next window
begins a day before the end of the last, and with the oldest session that still ran.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, cast
from uuid import UUID, uuid4

from django.db.models import Q
from django.utils.translation import gettext

from accounts.models import User
from insights_portal.lib.crypto import UnableToDecrypt
from summaries.connectors.teamviewer import Account, ReportPage, TeamViewerError, fetch_page
from summaries.domain.capture import UnableToOpen, check_supporter
from summaries.domain.imports.collections import AT_ONCE, Taking, close_file, open_file, permit_all
from summaries.domain.imports.session_file_words import sentence_of
from summaries.domain.imports.steps import ImportOrder
from summaries.domain.imports.teamviewer_settings import token_of
from summaries.enums import PlaceUnit
from summaries.models import SessionFile, TeamViewerPull
from summaries.sources.base import CollectionSource, Place, RecordingFile, RecordingNotes, SessionRecord
from summaries.sources.reports.teamviewer import TeamViewerAPISource, UnableToTake, record_of

FIRST_WINDOW = timedelta(days=30)
#: Sessions appear late, when a device was offline; what is there already is known.
OVERLAP = timedelta(days=1)
#: A session that runs for longer is not waited for.
LONGEST_RUNNING = timedelta(days=14)
MAX_PAGES = 50
LEASE = timedelta(minutes=15)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
NAME = "TeamViewer Web API"

Clock = Callable[[], datetime]


def _always() -> bool:
    return True


def due(*, at: datetime) -> list[int]:
    """Ids of the pulls that may ask now."""
    return list(_due(at).values_list("pk", flat=True))


def _due(at: datetime) -> Any:
    free = Q(claimed_until=None) | Q(claimed_until__lt=at)
    allowed = Q(not_before=None) | Q(not_before__lte=at)
    return TeamViewerPull.objects.filter(free, allowed, is_on=True)


def pull_reports(*, pull_id: int, clock: Clock, keep_going: Callable[[], bool] = _always) -> None:
    """Read pages until the window ends, or *keep_going* says no. Never inside a transaction; raises nothing that the
    next run would not mend.
    """
    run = _claim(pull_id=pull_id, at=clock())
    if run is None:
        return
    try:
        for _ in range(MAX_PAGES):
            if not keep_going() or not run.read_page(clock, keep_going):
                break
        run.release(last_error="", failures=0, not_before=None, last_success_at=clock())
    except TeamViewerError as error:
        _back_off(run, error, at=clock())


@dataclass(slots=True)
class _Run:
    """This process's hold on a pull."""

    pull: TeamViewerPull
    token: UUID
    notes: RecordingNotes = field(default_factory=RecordingNotes)

    def save(self, **values: Any) -> None:
        """Write, if the pull is still ours. Raises TeamViewerError when its settings changed or another run has it."""
        if not TeamViewerPull.objects.filter(pk=self.pull.pk, claim=self.token).update(**values):
            raise TeamViewerError(gettext("Another run has taken over."))
        for name, value in values.items():
            setattr(self.pull, name, value)

    def release(self, **values: Any) -> None:
        mine = TeamViewerPull.objects.filter(pk=self.pull.pk, claim=self.token)
        mine.update(claim=None, claimed_until=None, **values)

    def read_page(self, clock: Clock, keep_going: Callable[[], bool]) -> bool:
        """Fetch and take one page. False when the window ended, or there was no time to take the whole page."""
        pull, at = self.pull, clock()
        self._check_supporter()
        self._open_window(at)
        start, end = cast("datetime", pull.window_from), cast("datetime", pull.window_to)
        try:
            account = Account(base_url=pull.base_url, token=token_of(pull))
        except UnableToDecrypt as error:
            raise TeamViewerError(str(error), permanent=True) from error
        page = fetch_page(account=account, start=start, end=end, offset_id=pull.offset_id, at=at)
        if page.next_offset and page.next_offset == pull.offset_id:
            raise TeamViewerError(gettext("TeamViewer gave the same page again. The pull tries again later."))
        if not self._take(page, at, keep_going):
            return False
        if page.next_offset:
            self.save(offset_id=page.next_offset, claimed_until=clock() + LEASE)
            return True
        self._close_window(at)
        return False

    def _open_window(self, at: datetime) -> None:
        pull = self.pull
        if pull.window_from is not None:
            return
        start = pull.complete_until - OVERLAP if pull.complete_until else at - FIRST_WINDOW
        if pull.oldest_running_at:
            start = max(min(start, pull.oldest_running_at), at - LONGEST_RUNNING)
        file = open_file(order=self._order(at), source=_source())
        self.save(window_from=start, window_to=at, offset_id="", oldest_running_at=None, file=file)

    def _take(self, page: ReportPage, at: datetime, keep_going: Callable[[], bool]) -> bool:
        file = cast("SessionFile", self.pull.file)
        # What earlier runs counted of this window stays counted.
        self.notes.bad_record_count = max(self.notes.bad_record_count, file.bad)
        taking = Taking(order=self._order(at, file), source=_source(), permit=permit_all, file=file, notes=self.notes)
        records = self._records(page)
        while batch := list(islice(records, AT_ONCE)):
            if not keep_going():
                return False
            taking.take(batch)
            self._note_running(batch)
        return True

    def _records(self, page: ReportPage) -> Iterator[SessionRecord]:
        for number, row in enumerate(page.records, start=1):
            place = Place(PlaceUnit.ITEM, number)
            try:
                yield record_of(row if isinstance(row, dict) else {}, place)
            except UnableToTake as problem:
                self.notes.add_bad_record(place, str(problem))

    def _note_running(self, batch: list[SessionRecord]) -> None:
        starts = [record.started_at for record in batch if record.ended_at is None]
        oldest = min([*starts, *filter(None, [self.pull.oldest_running_at])], default=None)
        if oldest != self.pull.oldest_running_at:
            self.save(oldest_running_at=oldest)

    def _close_window(self, at: datetime) -> None:
        file = cast("SessionFile", self.pull.file)
        sentence = sentence_of(file)[:400]
        self.save(
            complete_until=self.pull.window_to, window_from=None, window_to=None, offset_id="", file=None,
            last_result=sentence,
        )  # fmt: skip
        if file.created:
            close_file(file=file, order=self._order(at, file), notes=self.notes)
        else:
            file.delete()

    def _check_supporter(self) -> None:
        try:
            check_supporter(company=self.pull.company, supporter=self._supporter())
        except UnableToOpen as error:
            raise TeamViewerError(
                gettext("Choose another member for sessions of others. %(error)s") % {"error": error}, permanent=True
            ) from error

    def _supporter(self) -> User:
        # The page demands one before it switches the pull on.
        return cast("User", self.pull.supporter)

    def _order(self, at: datetime, file: SessionFile | None = None) -> ImportOrder:
        return ImportOrder(
            company=self.pull.company,
            recording=RecordingFile(io.BytesIO(), NAME),
            supporter=self._supporter(),
            consent_statement="",
            actor=None,
            at=at,
            brought_by=file,
        )


def _source() -> CollectionSource:
    return cast("CollectionSource", TeamViewerAPISource())


def _claim(*, pull_id: int, at: datetime) -> _Run | None:
    """Take the pull by one conditional UPDATE, with a lease. None: it is off, not due, or another run has it."""
    token = uuid4()
    if not _due(at).filter(pk=pull_id).update(claim=token, claimed_until=at + LEASE, last_try_at=at):
        return None
    return _Run(TeamViewerPull.objects.select_related("company", "supporter", "file").get(pk=pull_id), token)


def _back_off(run: _Run, error: TeamViewerError, *, at: datetime) -> None:
    """Wait as long as the service asks for; else twice as long after each failure, up to some hours."""
    failures = run.pull.failures + 1
    wait = error.wait or min(FIRST_WAIT * 2 ** min(failures - 1, 20), LONGEST_WAIT)
    wait = LONGEST_WAIT if error.permanent else wait
    run.release(last_error=str(error)[:400], failures=failures, not_before=at + wait)
