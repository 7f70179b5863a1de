"""TeamViewer's Web API: one page of connection reports at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
from django.utils.translation import gettext as _

from insights_portal.lib.http import OutboundRefused, outbound_client

PATH = "/api/v1/reports/connections"
SECONDS = 30.0
#: A page of 1,000 records with long notes.
MAX_PAGE_BYTES = 16 * 1024 * 1024
#: Longer than the service may ask us to wait for.
MAX_WAIT = timedelta(days=1)
_OK, _UNAUTHORIZED, _FORBIDDEN, _MISSING, _TOO_MANY, _BROKEN = 200, 401, 403, 404, 429, 500


class TeamViewerError(Exception):
    """The service gave no page; the sentence says why and what to do. *wait*: how long it asks to be left alone.

    *permanent*: trying again can't help until somebody changes the settings.
    """

    def __init__(self, sentence: str, *, permanent: bool = False, wait: timedelta | None = None) -> None:
        super().__init__(sentence)
        self.permanent = permanent
        self.wait = wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    base_url: str
    token: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """*next_offset* is the `offset_id` of the next page; empty for the last."""

    records: list[Any]
    next_offset: str


def fetch_page(*, account: Account, start: datetime, end: datetime, offset_id: str, at: datetime) -> ReportPage:
    """Ask for one page of the sessions that began between *start* and *end*. Raises TeamViewerError.

    Never inside a transaction; bounded in time and size.
    """
    query = {"from_date": _stamp(start), "to_date": _stamp(end)} | ({"offset_id": offset_id} if offset_id else {})
    headers = {"Authorization": f"Bearer {account.token}", "Accept": "application/json"}
    try:
        with outbound_client(timeout=SECONDS, max_bytes=MAX_PAGE_BYTES) as client:
            answer = client.get(account.base_url.rstrip("/") + PATH, params=query, headers=headers)
    except OutboundRefused as refused:
        raise TeamViewerError(str(refused), permanent=True) from refused
    except httpx2.InvalidURL as error:
        raise TeamViewerError(_("The base address is no address. Correct it."), permanent=True) from error
    except httpx2.HTTPError as error:
        raise TeamViewerError(
            _("%(base_url)s can't be reached: %(reason)s.")
            % {"base_url": account.base_url, "reason": type(error).__name__}
        ) from error
    _check(answer, at)
    return _page_of(answer)


def _check(answer: httpx2.Response, at: datetime) -> None:
    status = answer.status_code
    if status in (_UNAUTHORIZED, _FORBIDDEN):
        raise TeamViewerError(
            _(
                "TeamViewer refuses the token. Make a script token with the permission “Connection "
                "reporting: view” and enter it here."
            ),
            permanent=True,
        )
    if status == _TOO_MANY:
        wait = _wait(answer.headers.get("retry-after", ""), at)
        raise TeamViewerError(_("TeamViewer asks for fewer requests. The pull goes on by itself later."), wait=wait)
    if status >= _BROKEN:
        raise TeamViewerError(
            _("TeamViewer has a problem of its own (status %(status)s). The pull tries again later.")
            % {"status": status}
        )
    if status != _OK:
        raise TeamViewerError(
            _("The address does not answer as TeamViewer's Web API does (status %(status)s). Check the base address.")
            % {"status": status},
            permanent=status == _MISSING or 300 <= status < 400,  # noqa: PLR2004 - redirects are not followed
        )


def _page_of(answer: httpx2.Response) -> ReportPage:
    try:
        page = answer.json()
    except (ValueError, RecursionError):
        page = None
    if not isinstance(page, dict) or not isinstance(page.get("records"), list):
        raise TeamViewerError(
            _(
                "The address answers, but not with connection reports: a page of a proxy or of a sign-in, "
                "perhaps. Check the base address."
            )
        )
    offset = page.get("next_offset")
    return ReportPage(page["records"], str(offset)[:200] if isinstance(offset, str | int) and offset else "")


def _wait(header: str, at: datetime) -> timedelta | None:
    """What `Retry-After` says: seconds or a moment; None for neither."""
    try:
        seconds = float(header) if header.strip().isdecimal() else None
        wait = timedelta(seconds=min(seconds, MAX_WAIT.total_seconds())) if seconds is not None else None
        wait = parsedate_to_datetime(header) - at if wait is None and header else wait
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, timedelta()), MAX_WAIT) if wait is not None else None


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
