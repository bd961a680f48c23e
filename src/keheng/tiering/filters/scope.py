"""What the filters share: a branch and all below it, a manager, the tiers of a scheme."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from keheng.org.models import Branch, Staff
from keheng.tiering.models import Scheme
from keheng.tiering.queries import labels_of
from keheng.ui.lists import FilterSet


def _branches(request: Any) -> "QuerySet[Branch]":
    return Branch.objects.visible_to(request.user) if request else Branch.objects.none()


def _owners(request: Any) -> "QuerySet[Staff]":
    return Staff.objects.visible_to(request.user).filter(is_active=True) if request else Staff.objects.none()


def branch_filter() -> django_filters.ModelChoiceFilter:
    """The branches of whoever asks, for a filter set that is a :class:`WithinBranch`."""
    return django_filters.ModelChoiceFilter(queryset=_branches, method="within", label=_("Branch"))


def owner_filter(path: str = "owner") -> django_filters.ModelChoiceFilter:
    """The managers of whoever asks, and nobody."""
    return django_filters.ModelChoiceFilter(
        field_name=path,
        queryset=_owners,
        label=_("Relationship manager"),
        null_label=_("Nobody"),
        null_value="none",
    )


class WithinBranch(FilterSet):
    """A list that is narrowed to a branch and all below it; ``branch_path`` leads from a row to the branch."""

    branch = branch_filter()
    branch_path = "branch_id"

    def within(self, queryset: "QuerySet[Any]", _name: str, branch: Branch | None) -> "QuerySet[Any]":
        """The branch and all below it."""
        if branch is None:
            return queryset
        keys = list(Branch.objects.subtree_of(branch).values_list("pk", flat=True))
        return queryset.filter(**{f"{self.branch_path}__in": keys})


class SchemeFilter(WithinBranch):
    """A filter of a list that belongs to one scheme (``request.tier_scheme``, set by the view)."""

    tier_filters: tuple[str, ...] = ("tier",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = [self.filters[name] for name in self.tier_filters if name in self.filters]
        if asked:
            choices = [(label.code, label.name) for label in labels_of(self.scheme).values()]
            for found in asked:
                found.extra["choices"] = choices

    @property
    def scheme(self) -> Scheme:
        scheme: Scheme = self.request.tier_scheme
        return scheme
