"""The short marks beside a customer: what to know before acting."""

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Customer

FALL = -0.2
"""A fall of AUM since the last month end that is worth a mark."""


def flags_of(customer: Customer) -> SafeString:
    """The marks of a customer as small flags; empty where there is nothing to know."""
    return format_html_join(" ", '<span class="flag {}">{}</span>', marks_of(customer))


def marks_of(customer: Customer) -> list[tuple[str, str]]:
    """Tone and words of each mark."""
    marks = []
    if customer.do_not_disturb:
        marks.append(("info", _("Do not disturb")))
    if customer.status != CustomerStatus.ACTIVE:
        marks.append(("", customer.get_status_display()))
    change = getattr(customer, "change", None)
    if change is not None and change <= FALL:
        marks.append(("over", _("Assets falling")))
    return marks
