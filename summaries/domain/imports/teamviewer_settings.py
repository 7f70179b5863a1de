"""Whether and with what a company's connection reports are fetched from TeamViewer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext, ngettext

from accounts.domain import audit
from accounts.domain.administrators import lock_company
from accounts.domain.engine_keys import UnableToStoreKey, encrypted_key
from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import require
from insights_portal.lib import crypto
from summaries.connectors.teamviewer import Account, TeamViewerError, fetch_page
from summaries.domain.capture import UnableToOpen, check_supporter
from summaries.models import TeamViewerPull

#: *Test connection* asks for so much.
_TEST_WINDOW = timedelta(hours=1)


class UnableToSavePull(Exception):
    """The settings were not saved; the sentence says why. *field* is what it stands at."""

    def __init__(self, sentence: str, *, field: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class PullChoice:
    """What a person chose on the page. An empty *token* keeps the stored one."""

    is_on: bool
    base_url: str
    supporter: User | None
    token: str = ""
    forget_token: bool = False


@dataclass(frozen=True, slots=True)
class PullCheck:
    ok: bool
    sentence: str


def pull_of(*, company: Company) -> TeamViewerPull:
    """The company's pull; unsaved as long as nobody has set it up."""
    return TeamViewerPull.objects.filter(company=company).first() or TeamViewerPull(company=company)


@transaction.atomic
def save_pull(*, company: Company, chosen: PullChoice, actor: User, at: datetime) -> TeamViewerPull:
    """Store the settings; a pull from another address begins anew. Raises PermissionMissing, UnableToSavePull."""
    require(actor, Permission.MANAGE_INTEGRATIONS, company.pk)
    lock_company(company=company)
    pull = pull_of(company=company)
    encrypted = _checked_token(pull, chosen)
    before = {"is_on": pull.is_on, "base_url": pull.base_url if pull.pk else ""}
    # A run that is under way finds that it holds nothing any more, and the next one goes on with these settings.
    values: dict[str, object] = {"claim": None, "claimed_until": None, "failures": 0, "not_before": None}
    if pull.base_url != chosen.base_url:
        values |= dict.fromkeys(("complete_until", "window_from", "window_to", "oldest_running_at", "file"))
        values["offset_id"] = ""
    token_action = _token_action(pull, encrypted)
    values |= {
        "is_on": chosen.is_on,
        "base_url": chosen.base_url,
        "supporter": chosen.supporter,
        "token_encrypted": encrypted,
        "last_error": "",
    }
    pull, _ = TeamViewerPull.objects.update_or_create(company=company, defaults=values)
    after = {"is_on": pull.is_on, "base_url": pull.base_url}
    if before != after:
        details = {"changed": {name: [before[name], after[name]] for name in after if before[name] != after[name]}}
        audit.record(
            company=company, actor=actor, action="teamviewer_pull.changed", at=at, target=pull, details=details
        )
    if token_action:
        audit.record(company=company, actor=actor, action=token_action, at=at, target=pull)
    return pull


def check_connection(*, company: Company, chosen: PullChoice, actor: User, at: datetime) -> PullCheck:
    """Ask the service for the sessions of the last hour with what was *chosen*, saved or not; keep nothing of them.

    Calls the service: never inside a transaction. Raises PermissionMissing, UnableToSavePull.
    """
    require(actor, Permission.MANAGE_INTEGRATIONS, company.pk)
    pull = pull_of(company=company)
    encrypted = _checked_token(pull, chosen)
    if not encrypted:
        raise UnableToSavePull(gettext("Enter the token to test with."), field="token")
    account = Account(base_url=chosen.base_url, token=crypto.decrypt(encrypted))
    try:
        page = fetch_page(account=account, start=at - _TEST_WINDOW, end=at, offset_id="", at=at)
    except TeamViewerError as error:
        check = PullCheck(ok=False, sentence=str(error))
    else:
        check = PullCheck(
            ok=True,
            sentence=ngettext(
                "Connected: %(count)s session began in the last hour.",
                "Connected: %(count)s sessions began in the last hour.",
                len(page.records),
            )
            % {"count": len(page.records)},
        )
    details = {"host": urlsplit(chosen.base_url).hostname or "", "ok": check.ok}
    audit.record(company=company, actor=actor, action="teamviewer_pull.tested", at=at, target=company, details=details)
    return check


def token_of(pull: TeamViewerPull) -> str:
    """The token in clear, for the connector alone. Raises crypto.UnableToDecrypt."""
    return crypto.decrypt(pull.token_encrypted)


def _checked_token(pull: TeamViewerPull, chosen: PullChoice) -> str:
    """The token as it is to be stored. It never travels to another address than the one it was entered for."""
    _check_address(chosen.base_url)
    if chosen.token and chosen.forget_token:
        raise UnableToSavePull(gettext("Enter a new token or remove the stored one, not both."), field="token")
    kept = "" if chosen.forget_token else pull.token_encrypted
    if kept and not chosen.token and chosen.base_url != pull.base_url:
        raise UnableToSavePull(gettext("The stored token belongs to another address. Enter it again."), field="token")
    try:
        encrypted = encrypted_key(chosen.token) if chosen.token else kept
    except UnableToStoreKey as error:
        raise UnableToSavePull(str(error), field="token") from error
    if chosen.is_on and not encrypted:
        raise UnableToSavePull(
            gettext("The pull needs a script token. Enter one, or switch the pull off."), field="token"
        )
    _check_member(pull, chosen)
    return encrypted


def _check_member(pull: TeamViewerPull, chosen: PullChoice) -> None:
    if chosen.is_on and chosen.supporter is None:
        raise UnableToSavePull(gettext("Choose the member for sessions of other supporters."), field="supporter")
    if chosen.supporter is not None:
        try:
            check_supporter(company=pull.company, supporter=chosen.supporter)
        except UnableToOpen as error:
            raise UnableToSavePull(str(error), field="supporter") from error


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or any(sign in address for sign in "@?#"):
        raise UnableToSavePull(
            gettext("Enter an address such as https://webapi.teamviewer.com, without a user name or a query."),
            field="base_url",
        )


def _token_action(pull: TeamViewerPull, encrypted: str) -> str:
    if encrypted == pull.token_encrypted:
        return ""
    return "teamviewer_token.set" if encrypted else "teamviewer_token.removed"
