"""Who may bring whose sessions in: a session that the member's roles will reach once it is there."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.pseudonyms import SupporterNames
from accounts.domain.queries import member_by_email
from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing, require
from summaries.domain.capture import UnableToOpen, find_device
from summaries.domain.imports.collections import import_file
from summaries.domain.imports.recordings import ImportOrder, ImportResult, Progress
from summaries.domain.reading.queries import members_of
from summaries.domain.reading.reach import reaches
from summaries.models import SessionFile, SupportSession
from summaries.models.reach import READ_REPORTS, Reached, reached_in

NOT_SHOWN = gettext_lazy(
    "In works-council mode one brings in one's own sessions: another member's would show their "
    "pseudonym. Let them do it, or have the name revealed by two members first."
)


def choose_supporter(
    *, company: Company, actor: User, email: str, device_name: str = "", names: SupporterNames | None = None
) -> User:
    """The member whose session it is: *actor*, or by e-mail address another one, for those who see their sessions.

    *names*: what a person who asks calls the members; None for a program. Raises UnableToOpen for an address of no
    member, or of one whose pseudonym would come out at the session; PermissionMissing.
    """
    supporter = actor
    if email and email.lower() != actor.email:
        require(actor, Permission.VIEW_ALL_REPORTS, company.pk)
        membership = member_by_email(company=company, email=email)
        if membership is None:
            raise UnableToOpen(_("The supporter is not a member of this company. Name the e-mail address of a member."))
        supporter = membership.user
        if names is not None and not names.is_shown(supporter.pk):
            raise UnableToOpen(NOT_SHOWN)
    check_intake(company=company, actor=actor, supporter=supporter, device_name=device_name)
    return supporter


def check_intake(*, company: Company, actor: User, supporter: User, device_name: str) -> None:
    """Raise PermissionMissing unless roles of *actor* reach a session of that supporter on that device."""
    require(actor, Permission.GENERATE_SUMMARIES, company.pk)
    session = SupportSession(
        company=company, supporter=supporter, device=find_device(company=company, name=device_name)
    )
    if not reaches(user=actor, permission=Permission.GENERATE_SUMMARIES, session=session):
        raise PermissionMissing(
            _(
                "Your roles do not reach such a session. Name a supporter or a device of the groups that are "
                "yours, or ask an administrator."
            )
        )


def choosable_supporters(*, company: Company, actor: User, names: SupporterNames) -> QuerySet[User]:
    """Whose sessions *actor* may bring in: everybody's, those of the roles' user groups, or their own; in works-council
    mode of them only those whose *names* are shown, because the session would show the pseudonym of any other.

    Where a role is limited to devices, the device decides when it is named.
    """
    found = members_of(company=company)
    if names.is_on:
        found = found.filter(pk__in=names.shown)
    for any_of in (READ_REPORTS, (Permission.GENERATE_SUMMARIES,)):
        reached = reached_in(actor, company.pk, any_of)
        if not (reached.is_whole_company or reached.device_group_ids):
            found = found.filter(pk__in=_supporter_ids(reached, actor))
    return found


def _supporter_ids(reached: Reached, actor: User) -> set[int]:
    own = {actor.pk} if reached.is_own or reached.own_device_group_ids else set()
    return own | reached.supporter_ids


def bring_in(
    *,
    order: ImportOrder,
    names: SupporterNames | None = None,
    on_progress: Progress | None = None,
) -> ImportResult | SessionFile:
    """Import a file for a member: one session, or each of a file with many that the member's roles reach.

    Raises PermissionMissing, UnableToOpen and UnableToImport.
    """
    actor = order.actor
    assert actor is not None  # noqa: S101 - a member brings it in

    def permit(supporter: User, device_name: str) -> None:
        if names is not None and not names.is_shown(supporter.pk):
            raise UnableToOpen(NOT_SHOWN)
        check_intake(company=order.company, actor=actor, supporter=supporter, device_name=device_name)

    return import_file(order=order, permit=permit, on_progress=on_progress)
