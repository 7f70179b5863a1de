"""Check boxes for choices that are many: in groups with explanations, or in a list that can be narrowed."""

from collections.abc import Mapping
from typing import Any

from django.forms import CheckboxSelectMultiple
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe


class GroupedChoices(CheckboxSelectMultiple):
    """Check boxes in named groups. *helps* maps a value to what it means."""

    template = "includes/_grouped_choices.html"

    def __init__(self, *args: Any, helps: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helps = helps or {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        return {**option, "help": self.helps.get(str(value), "")}

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:  # noqa: ARG002
        # The portal's own templates: a form's renderer looks in the framework's only.
        context = self.get_context(name, value, attrs)
        return mark_safe(render_to_string(self.template, context))  # noqa: S308 - the template escaped it


class RowChoices(GroupedChoices):
    """Check boxes for rows, in a box that scrolls; a script adds a field that narrows a long list."""

    template = "includes/_row_choices.html"
