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
