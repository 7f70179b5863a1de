from django.db import models


class Plan(models.TextChoices):
    BUSINESS = "BUSINESS", "Business"
    PREMIUM = "PREMIUM", "Premium"
    CORPORATE = "CORPORATE", "Corporate"
    TENSOR = "TENSOR", "Tensor"


class EngineName(models.TextChoices):
    BUILT_IN = "BUILT_IN", "Built-in (offline)"
    CLAUDE = "CLAUDE", "Claude, or a server that speaks the Anthropic Messages API"


class SummaryLanguage(models.TextChoices):
    EN = "en", "English"
    ES = "es", "Spanish"
    DE = "de", "German"
    FR = "fr", "French"
    IT = "it", "Italian"
    PT = "pt", "Portuguese"
    NL = "nl", "Dutch"
    PL = "pl", "Polish"
    CS = "cs", "Czech"
    TR = "tr", "Turkish"
    JA = "ja", "Japanese"
    ZH = "zh", "Chinese"
    KO = "ko", "Korean"
    AR = "ar", "Arabic"


class ApiScope(models.TextChoices):
    """What an API token may do at most; the member's roles limit it further."""

    SESSIONS_READ = "sessions:read", "Read sessions and their interactions"
    SESSIONS_WRITE = "sessions:write", "Open sessions, add interactions, end sessions"
    SUMMARIES_READ = "summaries:read", "Read summaries"
    SUMMARIES_WRITE = "summaries:write", "Generate, edit and delete summaries"
    REPORTS_READ = "reports:read", "Read connection reports and service reports"
    DEVICES_READ = "devices:read", "Read devices, device groups and policies"
    DEVICES_WRITE = "devices:write", "Put devices and groups in, and assign policies"
    CREDITS_READ = "credits:read", "Read credits and their ledger"


class SignOnKind(models.TextChoices):
    OIDC = "OIDC", "OpenID Connect"
    SAML = "SAML", "SAML 2.0"


class BillingRounding(models.TextChoices):
    """What becomes of the last, begun step of a session's time."""

    UP = "UP", "Up to the next full step"
    NEAREST = "NEAREST", "To the nearest step"
    NONE = "NONE", "Not rounded: full minutes as they were"


class DeliveryState(models.TextChoices):
    """Where a mail or a webhook stands on its way out."""

    WAITING = "WAITING", "Waiting"
    DELIVERED = "DELIVERED", "Delivered"
    FAILED = "FAILED", "Failed"
