from typing import Any

from django.http import HttpRequest

from accounts.scoped_admin import CompanyScopedAdmin


class PlainChoicesAdmin(CompanyScopedAdmin):
    """Choices of several rows stand without the framework's links that open a second window."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.many_to_many:
            field.widget = field.widget.widget
        return field
