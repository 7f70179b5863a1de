import uuid

from django.contrib.auth.models import AbstractBaseUser, Group, PermissionsMixin
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Lower

from accounts.enums import EngineName, Plan, SummaryLanguage
from accounts.managers import UserManager
from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. What they may do comes from their memberships alone."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=150)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("operator", default=False, help_text="Runs this installation.")
    time_zone = models.CharField(max_length=64, blank=True, help_text="Empty: the company's time zone.")
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


class Company(models.Model):
    """The tenant. Nothing of one company is ever visible to another."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True, help_text="Names the company on the command line.")
    plan = models.CharField(max_length=16, choices=Plan, default=Plan.BUSINESS)
    time_zone = models.CharField(max_length=64, default="UTC")
    address = models.CharField(max_length=250, blank=True, help_text="Stands in the letterhead of reports.")
    contact_email = models.EmailField(blank=True, help_text="Stands in the letterhead of reports.")
    billing_step_minutes = models.PositiveSmallIntegerField(
        "billing step",
        default=5,
        validators=[MinValueValidator(1)],
        help_text="Billable time is rounded up to full steps of so many minutes.",
    )
    next_session_number = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "companies"
        permissions = [(permission.value, permission.label) for permission in Permission]
        constraints = [
            models.CheckConstraint(condition=models.Q(plan__in=Plan.values), name="company_plan_known"),
            models.CheckConstraint(
                condition=models.Q(billing_step_minutes__gte=1), name="company_billing_step_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RoleQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_COMPANY, Permission.MANAGE_USERS)


class Role(CompanyOwned):
    """A named set of permissions in one company; a member's roles add up."""

    name = models.CharField(max_length=50)
    permissions = models.JSONField(default=list, help_text="Codenames of accounts.permissions.Permission.")
    group = models.OneToOneField(Group, on_delete=models.PROTECT, editable=False, related_name="role")

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("company", Lower("name"), name="role_name_unique_in_company"),
            models.CheckConstraint(condition=~models.Q(name=""), name="role_name_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_COMPANY, Permission.MANAGE_USERS)


class Membership(CompanyOwned):
    """Ties a user to a company, with roles."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    roles = models.ManyToManyField(Role, blank=True, related_name="memberships")
    is_active = models.BooleanField(default=True)
    log_sessions = models.BooleanField(
        "log sessions for connection reporting",
        default=True,
        help_text="Without it this member's outgoing sessions are not summarised.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "member"
        ordering = ["user__name"]
        constraints = [
            models.UniqueConstraint(fields=["company", "user"], name="membership_once_per_company"),
        ]

    def __str__(self) -> str:
        return str(self.user)


class AISettingsQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_COMPANY,)


class AISettings(CompanyOwned):
    """A company's decisions about AI features; off until an administrator accepts the terms."""

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="ai_settings")
    is_active = models.BooleanField("AI features", default=False)
    terms_version = models.CharField(max_length=20, blank=True, editable=False)
    terms_accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    terms_accepted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    outgoing_enabled = models.BooleanField("summaries for outgoing connections", default=False)
    incoming_enabled = models.BooleanField("summaries for incoming connections", default=False)
    engine = models.CharField(max_length=16, choices=EngineName, default=EngineName.BUILT_IN)
    engine_model = models.CharField("model", max_length=120, blank=True)
    engine_base_url = models.URLField("base URL", blank=True, help_text="Empty: the provider's own address.")
    engine_key_encrypted = models.TextField(blank=True, editable=False)
    language = models.CharField(max_length=8, choices=SummaryLanguage, default=SummaryLanguage.EN)
    minimum_seconds = models.PositiveIntegerField(
        "minimum duration", default=0, help_text="Shorter sessions are not summarised. In seconds."
    )
    meter_only = models.BooleanField(default=False, help_text="Credits are counted and never block.")
    changed_at = models.DateTimeField(auto_now=True)

    objects = AISettingsQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "AI settings"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_active=False) | models.Q(terms_accepted_at__isnull=False),
                name="ai_settings_active_needs_terms",
            ),
        ]

    def __str__(self) -> str:
        return f"AI settings of {self.company}"


class ApiTokenQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_INTEGRATIONS,)


class ApiToken(CompanyOwned):
    """A scoped, expiring key of one member for the API; shown once, stored hashed."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "API token"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AuditEntryQuerySet(CompanyQuerySet):
    visible_with = (Permission.VIEW_EVENT_LOGS,)


class AuditEntry(CompanyOwned):
    """One recorded event: who, when, what, on which object. Append-only; holds no secret and no session text."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    details = models.JSONField(default=dict)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "audit entry"
        verbose_name_plural = "audit log"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["company", "-at", "-id"], name="audit_company_at")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
