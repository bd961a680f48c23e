"""What may open a review of an archive: each occasion by its code and its name; modules above register theirs.

The rules (``presets/quality/reviews.yaml``, versions edited in the product) say what an occasion opens;
``operations.open_reviews`` opens it, for as many customers as there are.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_names: dict[str, str | Promise] = {
    "periodic": _("Periodic review"),
    "contact": _("Contact points changed"),
    "occupation": _("Occupation or income changed"),
    "preference": _("Investment preference changed"),
    "risk_expiry": _("Risk assessment expires"),
    "asked": _("Asked for"),
}


def register(trigger: str, name: str | Promise) -> None:
    """Name an occasion; the same code again replaces it."""
    _names[trigger] = name


def name_of(trigger: str) -> str:
    """The occasion in words."""
    return str(_names.get(trigger, trigger))


def names() -> list[tuple[str, str]]:
    """Every occasion with its name."""
    return [(trigger, str(name)) for trigger, name in _names.items()]
