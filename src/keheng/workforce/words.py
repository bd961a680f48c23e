"""Words of the solver as people read them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_REASONS = {
    "everybody is there": gettext_lazy("everybody is there already"),
    "on leave": gettext_lazy("on leave or absent"),
    "has a settled shift": gettext_lazy("has a settled shift"),
    "does not work this shift": gettext_lazy("lacks skill or contract for it"),
    "could come, at the cost of another need or wish": gettext_lazy("could come, at the cost of another need or wish"),
    "rest between shifts": gettext_lazy("rest between shifts"),
    "most shifts of a kind": gettext_lazy("most nights or shifts of a kind"),
    "hours of the contract": gettext_lazy("hours of the contract"),
    "shifts in a row": gettext_lazy("shifts in a row"),
    "days off in a row": gettext_lazy("days off in a row"),
    "weekends": gettext_lazy("weekends"),
}


def reason_in_words(reason: str) -> str:
    """Why somebody is not there."""
    if reason.startswith("works "):
        return _("works %(shift)s") % {"shift": reason.removeprefix("works ").partition("|")[0]}
    return str(_REASONS.get(reason, reason))
