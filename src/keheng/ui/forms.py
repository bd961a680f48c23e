"""Forms that carry out one operation."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError


def carry_out[T](form: "forms.BaseForm", operation: Callable[[], T]) -> T | None:
    """Run an operation and return its result; what it refuses as invalid lands beside the fields of ``form``.

    Returns ``None`` when it was refused: the form then has errors and is shown again.
    """
    try:
        return operation()
    except ValidationError as error:
        told: dict[str, Any] = getattr(error, "error_dict", None) or {NON_FIELD_ERRORS: error.error_list}
        for field, refusals in told.items():
            form.add_error(field if field in form.fields else None, refusals)
        return None
