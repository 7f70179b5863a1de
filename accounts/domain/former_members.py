"""Makes a person who was a member unknown: what the law calls erasure, as far as the account goes."""

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.domain import open_sign_ins, roles
from accounts.domain.administrators import keep_an_administrator, lock_company
from accounts.models import ApiToken, Invitation, Mail, Membership, User


class UnableToForget(Exception):
    """The member was not erased; the sentence says why."""


@transaction.atomic
def forget_member(*, membership: Membership) -> bool:
    """End the membership and make the person unknown. Whoever calls authorises and tells the audit log.

    Returns False for a person who belongs to another company too: their account is that company's as well, so that
    only what ties them to this one goes. Raises UnableToForget, LastAdministrator.
    """
    company = membership.company
    lock_company(company=company)
    # Nobody adds the person to another company until this is done.
    user = User.objects.select_for_update().get(pk=membership.user_id)
    if user.is_staff:
        raise UnableToForget(
            _("%(user)s runs this installation. Take that away first: `manage.py` has the account.") % {"user": user}
        )
    with keep_an_administrator(company=company):
        membership.is_active = False
        membership.save(update_fields=["is_active"])
        roles.assign(membership=membership, roles=[])
    # A group keeps who left; that an unknown person was in it would tell who that was.
    membership.user_groups.clear()
    ApiToken.objects.filter(membership=membership).delete()
    Invitation.objects.filter(company=company, email__iexact=user.email).delete()
    Mail.objects.filter(company=company, recipient=user).delete()
    if Membership.objects.filter(user=user).exclude(pk=membership.pk).exists():
        membership.delete()
        return False
    _make_unknown(user=user)
    return True


def _make_unknown(*, user: User) -> None:
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        model.objects.filter(username__iexact=user.email).delete()
    open_sign_ins.end_all(user=user)
    # Second factors, links to identity providers, addresses …: all that would go with the account.
    for relation in User._meta.related_objects:
        if relation.on_delete is models.CASCADE:
            relation.related_model._base_manager.filter(**{relation.field.name: user}).delete()
    user.name = _("Former member %(number)s") % {"number": user.pk}
    user.email = f"former-member-{user.pk}@erased.invalid"
    user.is_active, user.time_zone, user.last_login = False, "", None
    user.set_unusable_password()
    user.save(update_fields=["name", "email", "is_active", "time_zone", "last_login", "password"])
    user.groups.clear()
