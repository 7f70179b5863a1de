"""What the templates need beyond Django's own tags: the navigation, and session text made fit to be looked at."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape as html_escape
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.adapters import shown_name, shown_names
from accounts.enums import SummaryLanguage
from accounts.models import User
from insights_portal.lib.numbers import grouped
from summaries.content import Statement, Step
from summaries.domain.evidence.prose import runs_of
from summaries.domain.reading.timeline import TIMELINE_ROWS
from summaries.models import SupportSession
from summaries.views import navigation
from summaries.views.printing import Durations, Moments, recorded_as_html
from summaries.views.whereabouts import entry_above

register = template.Library()

#: Where one stored sentence ends and the next begins, also after what introduces it.
_SENTENCES = re.compile(r"(?<=[.:]) (?=[A-Z])")
_NUMBERS = re.compile(r"\d+")
_PLACES = ("first", "second")


@register.simple_tag(takes_context=True)
def portal_navigation(context: dict[str, Any]) -> dict[str, Any]:
    """Sections and credits of the signed-in member, and the operator's section; empty for a visitor."""
    request = context.get("request")
    company = getattr(request, "company", None)
    if request is None or not hasattr(request, "user"):
        return {}
    operators = navigation.operator_sections_for(request)
    if company is None:
        return {"sections": operators}
    views, above = navigation.views_at_hand(context), entry_above(request, company, context)
    return {
        "sections": [*navigation.sections_for(request, company, views=views, above=above), *operators],
        "credits": navigation.credits_for(request, company),
    }


@register.filter
def printed_links(links: Sequence[navigation.Link]) -> SafeString:
    """Links of the navigation as `<li>`: some thirty on every page, for which a loop of the template takes long."""
    return SafeString("\n".join(_printed_link(link) for link in links))


def _printed_link(link: navigation.Link) -> str:
    current = f' aria-current="{link.current}"' if link.current else ""
    figure = f' <span class="figure">{html_escape(link.figure)}</span>' if link.figure else ""
    return f'<li><a href="{html_escape(link.address)}"{current}>{html_escape(link.label)}{figure}</a></li>'


@register.simple_tag
def interface_languages() -> list[tuple[str, str]]:
    """(code, name) of the languages of the pages, each by its own name: whoever looks for theirs reads no other."""
    return list(settings.LANGUAGES)


@register.simple_tag(takes_context=True)
def member_name(context: dict[str, Any], user: User | None) -> str:
    """The name of a member, or in works-council mode the pseudonym; nothing for nobody."""
    return shown_name(context["request"], user) if user else ""


@register.simple_tag(takes_context=True)
def person_named(context: dict[str, Any], name: str) -> str:
    """A name that stands in a session's facts; in works-council mode a member's pseudonym."""
    return shown_names(context["request"]).called(name)


@register.filter
def recorded(text: str) -> SafeString:
    """Session text: escaped, what is masked marked as such, what can't be seen written out."""
    return SafeString(recorded_as_html(str(text)))


@register.filter
def translated(text: str) -> str:
    """What is stored in English, such as why a record could not be read, in the reader's language where it is known."""
    found = _(text) if text else ""
    return found if found != text else " ".join(_sentence(each) for each in _SENTENCES.split(text))


def _sentence(text: str) -> str:
    """One stored sentence; the numbers in it stand as *first* and *second*, or as *status*, in the catalogue."""
    numbers = _NUMBERS.findall(text)
    if not 1 <= len(numbers) <= len(_PLACES) or _(text) != text:
        return _(text) if text else ""
    for names in (_PLACES, ("status",)):
        values = dict(zip(names, numbers, strict=False))
        places = iter(names)
        wanted = _NUMBERS.sub(lambda _number, places=places: f"%({next(places, '')})s", text)  # type: ignore[misc]
        if (found := _(wanted)) != wanted:
            return found % values
    return text


@register.filter
def enumerated(names: Sequence[str]) -> SafeString:
    """Names as `recorded`, the first three of them; the rest is counted."""
    shown = format_html_join(", ", "{}", ((recorded(name),) for name in names[:3]))
    rest = len(names) - 3
    if rest <= 0:
        return shown
    return format_html(ngettext("{} and {} more", "{} and {} more", rest), shown, rest)


@register.filter
def quoted(words: Sequence[str]) -> SafeString:
    return format_html_join(", ", "“{}”", ((word,) for word in words))


@register.filter
def prose(text: str) -> SafeString:
    """A sentence of a summary: like `recorded`, with what stands between backticks set as code."""
    pieces = ((recorded(run.text), run.is_code) for run in runs_of(text))
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", shown) if is_code else shown,) for shown, is_code in pieces)
    )


@register.filter
def unnamed_commands(step: Step) -> list[str]:
    """The commands of a step that its sentence does not name."""
    return [command for command in step.commands if command not in step.action.text]


@register.filter
def moment(value: datetime | None) -> SafeString:
    """A moment in the viewer's zone, with the zone on hover."""
    return SafeString(Moments().print(value) if value else "")


@register.filter
def clock(value: datetime) -> SafeString:
    """The time of day in the viewer's zone, with day and zone on hover."""
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        f"{date_format(local, 'DATE_FORMAT')} {local.tzname()}",
        f"{local:%H:%M:%S}",
    )


@register.filter
def clock_short(value: datetime) -> str:
    return f"{timezone.localtime(value):%H:%M}"


@register.filter
def language_name(code: str) -> str:
    """The name of a language; a code that is none of the portal's stays as it is."""
    return str(dict(SummaryLanguage.choices).get(code, code))


@register.simple_tag
def moment_at(session: SupportSession, offset_ms: int) -> str:
    """The time of day of an interaction, with its zone."""
    return f"{timezone.localtime(session.moment_of(offset_ms)):%H:%M:%S %Z}"


@register.filter
def hours(value: timedelta) -> str:
    """A sum of durations: minutes below ten hours, whole hours above."""
    whole = value / timedelta(hours=1)
    many = whole >= 10  # noqa: PLR2004 - minutes tell nothing beyond
    return _("%(hours)s h") % {"hours": grouped(whole)} if many else minutes(value)


@register.filter
def percent(share: float) -> str:
    return f"{share * 100:.0f} %"


@register.filter
def dollars(micros: int) -> str:
    """Millionths of a US dollar as an amount; nothing spent is a dash."""
    return f"${grouped(micros / 1e6, decimals=4)}" if micros else "–"


@register.filter
def minutes(value: timedelta | None) -> str:
    """A duration as people say it: `40 s`, `14 min`, `2 h 05 min`."""
    return Durations().print(value)


@register.filter
def milliseconds(value: int) -> str:
    return minutes(timedelta(milliseconds=value))


@register.filter
def offset(value: int) -> str:
    """Milliseconds from the start as `mm:ss`, or `h:mm:ss` beyond an hour."""
    seconds = value // 1000
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60:02d}:{rest % 60:02d}"


@register.simple_tag
def evidence_address(session: SupportSession, number: int) -> str:
    """The place of interaction *number* in the session's timeline, on the page that holds it."""
    page = f"?at={number}" if number > TIMELINE_ROWS else ""
    return f"{reverse('summaries:session_timeline', args=[session.number])}{page}#i{number}"


@register.inclusion_tag("summaries/_statement.html")
def statement(session: SupportSession, said: Statement) -> dict[str, Any]:
    return {"session": session, "statement": said}
