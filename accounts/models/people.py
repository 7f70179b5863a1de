from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.managers import UserManager
from accounts.models.companies import Company
from accounts.models.roles import Role
from accounts.permissions import SESSION_PERMISSIONS, Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. What they may do comes from their memberships alone."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(_("operator"), default=False, help_text=_("Runs this installation."))
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, help_text=_("Empty: the company's time zone.")
    )
    language = models.CharField(
        _("language"), max_length=10, blank=True, help_text=_("Of the pages. Empty: what the browser asks for.")
    )
    has_key_shortcuts = models.BooleanField(
        _("single-key shortcuts"),
        default=True,
        help_text=_("Keys that do something without Ctrl or Alt, such as / for search. ? lists them."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in str(self).split()[:2]).upper()


class MembershipQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_COMPANY, Permission.MANAGE_USERS)


class Membership(CompanyOwned):
    """Ties a user to a company, with roles."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("user"))
    roles = models.ManyToManyField(Role, blank=True, related_name="memberships", verbose_name=_("roles"))
    is_active = models.BooleanField(_("is active"), default=True)
    log_sessions = models.BooleanField(
        _("log sessions for connection reporting"),
        default=True,
        help_text=_("Without it this member's outgoing sessions are not summarised."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["user__name"]
        constraints = [
            models.UniqueConstraint(fields=["company", "user"], name="membership_once_per_company"),
        ]

    def __str__(self) -> str:
        return str(self.user)


class UserGroupQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_COMPANY, Permission.MANAGE_USERS)


class UserGroup(CompanyOwned):
    """Members of a company under one name: limits what a role reaches, and narrows who is summarised."""

    name = models.CharField(_("name"), max_length=80)
    members = models.ManyToManyField(Membership, blank=True, related_name="user_groups", verbose_name=_("members"))
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("user group")
        verbose_name_plural = _("user groups")
        ordering = ["name"]
        #: What a limited role holds on the group instead of on the company.
        permissions = [(permission.value, permission.label) for permission in sorted(SESSION_PERMISSIONS)]
        constraints = [
            models.UniqueConstraint("company", Lower("name"), name="user_group_name_unique_in_company"),
            models.CheckConstraint(condition=~models.Q(name=""), name="user_group_name_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


class InvitationQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_USERS,)


class Invitation(CompanyOwned):
    """An open offer of a membership by mail. The link is stored hashed, works once and expires."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=150, blank=True)
    roles = models.ManyToManyField(Role, blank=True, related_name="+", verbose_name=_("roles"))
    user_groups = models.ManyToManyField(UserGroup, blank=True, related_name="+", verbose_name=_("user groups"))
    log_sessions = models.BooleanField(_("log sessions for connection reporting"), default=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)
    expires_at = models.DateTimeField(editable=False)
    sent_at = models.DateTimeField(
        _("sent at"), null=True, blank=True, editable=False, help_text="When the mail server took the latest link."
    )
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "company",
                Lower("email"),
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_open_once_per_address",
            ),
        ]

    def __str__(self) -> str:
        return self.email
