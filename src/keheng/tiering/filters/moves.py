"""The filters of moves: made, proposed, tried, and of those whom none touches."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.tiering.enums import Direction, Fate, ProposalState, ProtectionState
from keheng.tiering.filters.scope import SchemeFilter, owner_filter
from keheng.tiering.models import DryRunMove, Move, Proposal, Protected


class MoveFilter(SchemeFilter):
    direction = django_filters.MultipleChoiceFilter(choices=Direction, label=_("Direction"))
    from_tier = django_filters.MultipleChoiceFilter(choices=(), label=pgettext_lazy("tier move", "From"))
    to_tier = django_filters.MultipleChoiceFilter(choices=(), label=pgettext_lazy("tier move", "To"))
    tier_filters = ("from_tier", "to_tier")
    branch_path = "customer__branch_id"

    class Meta:
        model = Move
        fields: list[str] = []


class ProposalFilter(MoveFilter):
    """What waits for approval, unless a state is asked for."""

    state = django_filters.MultipleChoiceFilter(choices=ProposalState, label=_("State"))

    class Meta:
        model = Proposal
        fields: list[str] = []

    def filter_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.filter(state=ProposalState.OPEN)


class TrialFilter(MoveFilter):
    """Who would move in a dry run, or wait."""

    fate = django_filters.MultipleChoiceFilter(choices=Fate, label=_("What would happen"))
    owner = owner_filter("customer__owner")

    class Meta:
        model = DryRunMove
        fields: list[str] = []


class ProtectedFilter(SchemeFilter):
    state = django_filters.MultipleChoiceFilter(choices=ProtectionState, label=_("State"))
    tier_filters = ()
    branch_path = "customer__branch_id"

    class Meta:
        model = Protected
        fields: list[str] = []
