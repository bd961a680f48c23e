"""Who decides about the customers of a place."""

from collections.abc import Iterable
from datetime import date

from keheng.care.models import CoverPeriod
from keheng.care.permissions.ownership import ASSIGN
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff


class Heads:
    """Everybody who assigns customers and is there on a day; two queries, however many places are asked for.

    Args:
        branches: only those of these branches; all by default.
    """

    def __init__(self, on: date, branches: Iterable[Branch] | None = None) -> None:
        people = Staff.objects.people().filter(is_active=True)
        if branches is not None:
            people = people.filter(branch__in=branches)
        fit = [
            one
            for one in people.select_related("branch", "role")
            if one.can(ASSIGN) and one.can("customers.view") and one.scope != DataScope.OWN
        ]
        away = set(CoverPeriod.objects.on(on).filter(staff__in=fit).values_list("staff", flat=True))
        self._there = sorted(
            (one for one in fit if one.pk not in away), key=lambda one: (-len(one.branch.path), one.role.order, one.pk)
        )

    def above(self, path: str) -> list[Staff]:
        """Those at a place and above it: the nearest first, the higher role first."""
        return [one for one in self._there if path.startswith(one.branch.path)]


def heads_of(member: Staff, on: date) -> list[Staff]:
    """Who assigns the customers of somebody's place and is there on a day: the nearest first, the higher role first."""
    path = member.branch.path
    above = Branch.objects.filter(path__in=[path[: place + 1] for place, char in enumerate(path) if char == "/"])
    return [one for one in Heads(on, above).above(path) if one.pk != member.pk]


def first_of_each(heads: Iterable[Staff]) -> list[Staff]:
    """The first of each place, in the order of the heads."""
    firsts: dict[str, Staff] = {}
    for one in heads:
        firsts.setdefault(one.branch.path, one)
    return list(firsts.values())
