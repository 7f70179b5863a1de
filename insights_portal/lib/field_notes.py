"""What stands beside a field, told to who can't see that it does."""

from django.forms import Form


def describe_fields(form: Form) -> None:
    """Name with each field where the page has its help and its errors: `id_<name>_help` and `id_<name>_error`."""
    for name, field in form.fields.items():
        if not field.widget.is_hidden:
            notes = [f"id_{name}_help"] * bool(field.help_text) + [f"id_{name}_error"]
            field.widget.attrs["aria-describedby"] = " ".join(notes)
