"""Who decides about the customers of a place."""

from datetime import date

from keheng.care.models import CoverPeriod
from keheng.care.permissions.ownership import ASSIGN
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff


def heads_of(member: Staff, on: date) -> list[Staff]:
    """Who assigns the customers of somebody's place and is there on a day: the nearest first, the higher role first."""
    path = member.branch.path
    above = Branch.objects.filter(path__in=[path[: place + 1] for place, char in enumerate(path) if char == "/"])
    people = Staff.objects.people().filter(branch__in=above, is_active=True).exclude(pk=member.pk)
    fit = [
        one
        for one in people.select_related("branch", "role")
        if one.can(ASSIGN) and one.can("customers.view") and one.scope != DataScope.OWN
    ]
    away = set(CoverPeriod.objects.on(on).filter(staff__in=fit).values_list("staff", flat=True))
    return sorted(
        (one for one in fit if one.pk not in away), key=lambda one: (-len(one.branch.path), one.role.order, one.pk)
    )
