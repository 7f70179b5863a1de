"""What was masked, in words."""

from django.utils.translation import gettext

from insights_portal.lib.numbers import grouped
from insights_portal.lib.text import listed
from summaries.redaction.rules import RULES


def describe_counts(counts: dict[str, int]) -> str:
    """{"PASSWORD": 1, "EMAIL": 2} as "1 password, 2 e-mail addresses"; "" when nothing was masked.

    A rule that this version does not know is told by its code.
    """
    words = {rule.code: (rule.singular, rule.plural) for rule in RULES}
    order = [*words, *sorted(set(counts) - set(words))]
    told = [(counts.get(code, 0), *words.get(code, (code, code))) for code in order]
    return listed(
        f"{grouped(count)} {gettext(singular if count == 1 else plural)}" for count, singular, plural in told if count
    )
