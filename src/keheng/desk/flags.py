"""The marks beside a customer as flags: those of the modules, and a fall of AUM."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from keheng.customers.archive.marks import Mark
from keheng.customers.models import Customer

FALL = -0.2
"""A fall of AUM since the last month end that is worth a mark."""


def flags_of(customer: Customer) -> SafeString:
    """The marks of a row of a list as small flags; empty where there is nothing to know."""
    return flags(marks_of(customer))


def flags(marks: Iterable[Mark]) -> SafeString:
    """Marks as small flags; one that leads somewhere is a link."""
    return format_html_join(" ", "{}", ((_flag(mark),) for mark in marks))


def marks_of(customer: Customer) -> list[Mark]:
    """The marks of a row that ``add_details`` has prepared."""
    change = getattr(customer, "change", None)
    fall = [Mark("over", _("Assets falling"))] if change is not None and change <= FALL else []
    return [*getattr(customer, "marks", []), *fall]


def _flag(mark: Mark) -> SafeString:
    if mark.url:
        return format_html('<a class="flag {}" href="{}">{}</a>', mark.tone, mark.url, mark.words)
    return format_html('<span class="flag {}">{}</span>', mark.tone, mark.words)
