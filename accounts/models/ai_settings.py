from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import EngineName, SummaryLanguage
from accounts.models.companies import Company
from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet

#: Longest time that anything is kept for, in days: 100 years.
_LONGEST_KEPT_DAYS = 36_500


def _days_kept(words: Any) -> "models.PositiveIntegerField[int | None, int | None]":
    return models.PositiveIntegerField(
        words,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(_LONGEST_KEPT_DAYS)],
        help_text=_("Empty: for good."),
    )


class AISettingsQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_COMPANY,)


class AISettings(CompanyOwned):
    """A company's decisions about AI features; off until an administrator accepts the terms."""

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="ai_settings")
    is_active = models.BooleanField(_("AI features"), default=False)
    terms_version = models.CharField(max_length=20, blank=True, editable=False)
    terms_accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    terms_accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    outgoing_enabled = models.BooleanField(_("summaries for outgoing connections"), default=False)
    consent_seconds = models.PositiveIntegerField(
        _("time to answer"),
        default=120,
        validators=[MinValueValidator(15), MaxValueValidator(86_400)],
        help_text=_("Seconds that the remote user has to answer; no answer means no."),
    )
    consent_purpose = models.CharField(
        _("why sessions are summarised"), max_length=500, blank=True, help_text=_("Empty: the standard wording.")
    )
    consent_processor = models.CharField(
        _("who processes the record"), max_length=200, blank=True, help_text=_("Empty: the company itself.")
    )
    consent_contact = models.CharField(
        _("contact for questions"),
        max_length=200,
        blank=True,
        help_text=_("An e-mail address or web address that the remote user sees."),
    )

    incoming_enabled = models.BooleanField(_("summaries for incoming connections"), default=False)
    incoming_basis = models.CharField(_("legal basis"), max_length=500, blank=True)
    incoming_basis_confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    incoming_basis_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    incoming_notice = models.CharField(
        _("notice"),
        max_length=500,
        blank=True,
        help_text=_("What the remote side is told. Empty: the standard wording."),
    )

    engine = models.CharField(_("engine"), max_length=16, choices=EngineName, default=EngineName.BUILT_IN)
    engine_model = models.CharField(_("model"), max_length=120, blank=True)
    engine_base_url = models.URLField(_("base URL"), blank=True, help_text=_("Empty: the provider's own address."))
    engine_key_encrypted = models.TextField(blank=True, editable=False)
    language = models.CharField(_("language"), max_length=8, choices=SummaryLanguage, default=SummaryLanguage.EN)
    minimum_seconds = models.PositiveIntegerField(
        _("minimum duration"), default=0, help_text=_("Shorter sessions are not summarised. In seconds.")
    )
    meter_only = models.BooleanField(
        _("meter only"), default=False, help_text=_("Credits are counted and never block.")
    )

    keep_logs_days = _days_kept(_("days that session logs are kept"))
    keep_summaries_days = _days_kept(_("days that summaries are kept"))
    keep_consents_days = _days_kept(_("days that consents are kept"))
    approval_required = models.BooleanField(
        _("approval before a summary leaves"),
        default=False,
        help_text=_("Reports, exports, tokens and tickets get a summary only once someone has approved it."),
    )
    ticket_address = models.EmailField(
        _("mailbox of the ticket system"), blank=True, help_text=_("Summaries that are sent to a ticket go there.")
    )
    ticket_subject = models.CharField(
        _("subject"),
        max_length=120,
        default="[{ticket}] {title}",
        help_text=_("By it the ticket system finds the ticket. {ticket}, {title} and {session} are filled in."),
    )
    ticket_link = models.CharField(
        _("address of a ticket"),
        max_length=300,
        blank=True,
        help_text=_("Makes the ticket of a session a link, for example https://desk.example/tickets/{ticket}"),
    )
    setup_hidden_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since then the home page leaves the set-up list out."
    )
    changed_at = models.DateTimeField(auto_now=True)

    objects = AISettingsQuerySet.as_manager()

    class Meta:
        verbose_name = _("AI settings")
        verbose_name_plural = _("AI settings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_active=False) | models.Q(terms_accepted_at__isnull=False),
                name="ai_settings_active_needs_terms",
            ),
            models.CheckConstraint(
                condition=models.Q(incoming_enabled=False) | models.Q(incoming_basis_confirmed_at__isnull=False),
                name="ai_settings_incoming_needs_basis",
            ),
        ]

    def __str__(self) -> str:
        return gettext("AI settings of %(company)s") % {"company": self.company}
