from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import SignOnKind
from accounts.models.companies import Company
from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet


class SignIn(models.Model):
    """A person's sign-in on one device, as long as its session lives."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    method = models.CharField(max_length=60, blank=True)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, null=True, related_name="+")
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-seen_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user} since {self.created_at:%Y-%m-%d %H:%M}"


class SingleSignOnQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_COMPANY,)


class SingleSignOn(CompanyOwned):
    """A company's own identity provider. Who signs in through it works in this company only."""

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="single_sign_on")
    kind = models.CharField(_("kind"), max_length=8, choices=SignOnKind, default=SignOnKind.OIDC)
    is_active = models.BooleanField(_("offered on the sign-in page"), default=False)
    issuer_url = models.URLField(_("issuer"), blank=True, help_text=_("OIDC: the provider's address."))
    client_id = models.CharField(_("client id"), max_length=200, blank=True)
    secret_encrypted = models.TextField(blank=True, editable=False)
    idp_entity_id = models.CharField(_("entity ID of the provider"), max_length=300, blank=True)
    idp_sign_on_url = models.URLField(_("sign-on address of the provider"), blank=True)
    idp_certificate = models.TextField(_("certificate of the provider"), blank=True, help_text=_("PEM."))
    changed_at = models.DateTimeField(auto_now=True)

    objects = SingleSignOnQuerySet.as_manager()

    class Meta:
        verbose_name = _("single sign-on")
        verbose_name_plural = _("single sign-on")

    def __str__(self) -> str:
        return f"Single sign-on of {self.company}"
