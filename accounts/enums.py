from django.db import models
from django.utils.translation import gettext_lazy as _


class Plan(models.TextChoices):
    BUSINESS = "BUSINESS", _("Business")
    PREMIUM = "PREMIUM", _("Premium")
    CORPORATE = "CORPORATE", _("Corporate")
    TENSOR = "TENSOR", _("Tensor")


class EngineName(models.TextChoices):
    BUILT_IN = "BUILT_IN", _("Built-in (offline)")
    CLAUDE = "CLAUDE", _("Claude, or a server that speaks the Anthropic Messages API")


class SummaryLanguage(models.TextChoices):
    EN = "en", _("English")
    ES = "es", _("Spanish")
    DE = "de", _("German")
    FR = "fr", _("French")
    IT = "it", _("Italian")
    PT = "pt", _("Portuguese")
    NL = "nl", _("Dutch")
    PL = "pl", _("Polish")
    CS = "cs", _("Czech")
    TR = "tr", _("Turkish")
    JA = "ja", _("Japanese")
    ZH = "zh", _("Chinese")
    KO = "ko", _("Korean")
    AR = "ar", _("Arabic")


class ApiScope(models.TextChoices):
    """What an API token may do at most; the member's roles limit it further."""

    SESSIONS_READ = "sessions:read", _("Read sessions and their interactions")
    SESSIONS_WRITE = "sessions:write", _("Open sessions, add interactions, end sessions")
    SUMMARIES_READ = "summaries:read", _("Read summaries")
    SUMMARIES_WRITE = "summaries:write", _("Generate, edit and delete summaries")
    REPORTS_READ = "reports:read", _("Read connection reports and service reports")
    DEVICES_READ = "devices:read", _("Read devices, device groups and policies")
    DEVICES_WRITE = "devices:write", _("Put devices and groups in, and assign policies")
    CREDITS_READ = "credits:read", _("Read credits and their ledger")


class SignOnKind(models.TextChoices):
    OIDC = "OIDC", _("OpenID Connect")
    SAML = "SAML", "SAML 2.0"


class BillingRounding(models.TextChoices):
    """What becomes of the last, begun step of a session's time."""

    UP = "UP", _("Up to the next full step")
    NEAREST = "NEAREST", _("To the nearest step")
    NONE = "NONE", _("Not rounded: full minutes as they were")


class DeliveryState(models.TextChoices):
    """Where a mail or a webhook stands on its way out."""

    WAITING = "WAITING", _("Waiting")
    DELIVERED = "DELIVERED", _("Delivered")
    FAILED = "FAILED", _("Failed")
