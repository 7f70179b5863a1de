from typing import Any

from django import forms
from django.core.exceptions import ValidationError

#: Digits of a key that every database takes.
_LONGEST_KEY = 18


def fits_a_key(value: str) -> bool:
    """Whether *value* can be the key of a row: with anything else the database would answer with a server error."""
    return value.isascii() and value.isdigit() and len(value) <= _LONGEST_KEY


class RowsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """A choice of rows; what can't be a key is no choice."""

    def clean(self, value: Any) -> Any:
        wrong = next((key for key in value or () if not fits_a_key(str(key))), None)
        if wrong is not None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": wrong})
        return super().clean(value)
