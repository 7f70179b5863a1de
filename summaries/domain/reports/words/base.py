from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWords:
    """What a service report says in one language, beside what was written of the session.

    *labels*: by name; places in braces are filled by `domain.reports`. *masked*: what a rule of redaction finds, in
    the plural. Dates as `django.utils.dateformat` writes them. *seconds*, *minutes*, *hours*: with a place for the
    number.
    """

    labels: Mapping[str, str]
    masked: Mapping[str, str]
    short_date: str
    long_date: str
    seconds: str
    minutes: str
    hours: str
