"""Parts of a list's page that are one thing many times over, as HTML in one pass: a loop of the template takes long."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

register = template.Library()

#: Label, address, whether the page shows it.
MenuLink = tuple[str, str, bool]
#: (kind, name) of the files: names of their own in every language.
FILES = (("csv", "CSV"), ("xlsx", "Excel"), ("jsonl", "JSON Lines"))


@register.filter
def hidden_fields(pairs: Iterable[tuple[str, str]], but: str = "") -> SafeString:
    """(name, value) as hidden fields of a form, without those that are named *but*."""
    fields = (
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in pairs if name != but
    )
    return SafeString("".join(fields))


@register.filter
def menu_links(links: Iterable[MenuLink]) -> SafeString:
    """The links of a menu."""
    return SafeString("\n".join(_menu_link(*link) for link in links))


def _menu_link(label: str, address: str, is_current: bool) -> str:
    current = ' aria-current="true"' if is_current else ""
    return f'<a href="{escape(address)}"{current}>{escape(label)}</a>'


@register.filter
def current_label(links: Iterable[MenuLink]) -> str:
    """The label of the link that is current; empty where none is."""
    return next((label for label, _address, is_current in links if is_current), "")


@register.simple_tag
def export_links(stem: str, list_name: str) -> list[MenuLink]:
    """The files that a list is downloaded as, by their names. *stem*: its address, ready for one more parameter."""
    query = f"{stem}list={list_name}"
    return [(name, f"{reverse('summaries:sessions_export_file', args=[kind])}{query}", False) for kind, name in FILES]


@register.filter
def column_heads(heads: Iterable[dict[str, Any]]) -> SafeString:
    """The heads of a table's columns, with links that sort by them."""
    return SafeString("\n".join(_column_head(**head) for head in heads))


def _column_head(*, column: Any, address: str = "", aria_sort: str = "", arrow: str = "") -> str:
    style = f' class="{column.style}"' if column.style else ""
    sort = f' aria-sort="{aria_sort}"' if aria_sort else ""
    label = escape(str(column.label))
    if address:
        pointing = f' <span aria-hidden="true">{arrow}</span>' if arrow else ""
        label = f'<a href="{escape(address)}">{label}{pointing}</a>'
    return f'<th scope="col"{style}{sort}>{label}</th>'
