"""The versions of the rules."""

from datetime import date
from functools import lru_cache

from keheng.complaints.enums import RuleSet
from keheng.complaints.models import RuleVersion


def version_on(rule_set: RuleSet, day: date) -> RuleVersion:
    """The version of a set that is in force on a day.

    Raises:
        LookupError: presets have not been loaded.
    """
    found = (
        RuleVersion.objects.filter(rule_set=rule_set, valid_from__lte=day)
        .order_by("-valid_from", "-number")
        .values_list("pk", flat=True)
        .first()
    )
    if found is None:
        raise LookupError(f"There are no {rule_set} rules of complaints; run `keheng migrate`.")
    return kept(found)


@lru_cache(maxsize=64)
def kept(pk: int) -> RuleVersion:
    """A version by its key; versions never change, so each is read once a process."""
    return RuleVersion.objects.get(pk=pk)
