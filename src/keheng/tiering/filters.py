"""The filters of tiering's lists. The tiers to choose from are those of the scheme that the address names."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.customers.models import Customer
from keheng.org.models import Branch, Staff
from keheng.tiering.enums import Direction, Fate, ProposalState, ProtectionState
from keheng.tiering.models import DryRunMove, Move, Proposal, Protected, Scheme, Standing
from keheng.tiering.queries import SHARES, UP, USUAL_SHARE, labels_of, near
from keheng.ui.lists import FilterSet


def branches_of(request: Any) -> "QuerySet[Branch]":
    """The branches of whoever asks, as choices of a filter."""
    return Branch.objects.visible_to(request.user) if request else Branch.objects.none()


class SchemeFilter(FilterSet):
    """A filter of a list that belongs to one scheme (``request.tier_scheme``, set by the view)."""

    branch = django_filters.ModelChoiceFilter(queryset=branches_of, method="within", label=_("Branch"))
    tier_filters: tuple[str, ...] = ("tier",)
    branch_path = "branch_id__in"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(label.code, label.name) for label in labels_of(self.scheme).values()]
        for name in self.tier_filters:
            self.filters[name].extra["choices"] = choices

    @property
    def scheme(self) -> Scheme:
        scheme: Scheme = self.request.tier_scheme
        return scheme

    def within(self, queryset: "QuerySet[Any]", _name: str, branch: Branch | None) -> "QuerySet[Any]":
        """The branch and all below it."""
        if branch is None:
            return queryset
        return queryset.filter(
            **{self.branch_path: list(Branch.objects.subtree_of(branch).values_list("pk", flat=True))}
        )


class ProposalFilter(SchemeFilter):
    state = django_filters.MultipleChoiceFilter(choices=ProposalState, label=_("State"))
    direction = django_filters.MultipleChoiceFilter(choices=Direction, label=_("Direction"))
    from_tier = django_filters.MultipleChoiceFilter(choices=(), label=pgettext_lazy("tier move", "From"))
    to_tier = django_filters.MultipleChoiceFilter(choices=(), label=pgettext_lazy("tier move", "To"))
    tier_filters = ("from_tier", "to_tier")
    branch_path = "customer__branch_id__in"

    class Meta:
        model = Proposal
        fields: list[str] = []


class MoveFilter(SchemeFilter):
    direction = django_filters.MultipleChoiceFilter(choices=Direction, label=_("Direction"))
    from_tier = django_filters.MultipleChoiceFilter(choices=(), label=pgettext_lazy("tier move", "From"))
    to_tier = django_filters.MultipleChoiceFilter(choices=(), label=pgettext_lazy("tier move", "To"))
    tier_filters = ("from_tier", "to_tier")
    branch_path = "customer__branch_id__in"

    class Meta:
        model = Move
        fields: list[str] = []


class ProtectedFilter(SchemeFilter):
    state = django_filters.MultipleChoiceFilter(choices=ProtectionState, label=_("State"))
    tier_filters = ()
    branch_path = "customer__branch_id__in"

    class Meta:
        model = Protected
        fields: list[str] = []


class MemberFilter(SchemeFilter):
    tier = django_filters.MultipleChoiceFilter(choices=(), method="in_tier", label=_("Tier"))

    class Meta:
        model = Customer
        fields: list[str] = []

    def in_tier(self, queryset: "QuerySet[Customer]", _name: str, tiers: list[str]) -> "QuerySet[Customer]":
        """Customers who stand in one of the tiers."""
        if not tiers:
            return queryset
        return queryset.filter(pk__in=Standing.objects.filter(scheme=self.scheme, tier__in=tiers).values("customer_id"))


def _owners(request: Any) -> "QuerySet[Staff]":
    return Staff.objects.visible_to(request.user).filter(is_active=True) if request else Staff.objects.none()


class TrialFilter(MoveFilter):
    """Who would move in a dry run, or wait."""

    fate = django_filters.MultipleChoiceFilter(choices=Fate, label=_("What would happen"))
    owner = django_filters.ModelChoiceFilter(
        field_name="customer__owner",
        queryset=_owners,
        label=_("Relationship manager"),
        null_label=_("Nobody"),
        null_value="none",
    )

    class Meta:
        model = DryRunMove
        fields: list[str] = []


class PassedFilter(FilterSet):
    """The customers of a cell of the migration matrix."""

    branch = django_filters.ModelChoiceFilter(queryset=branches_of, method="within", label=_("Branch"))
    owner = django_filters.ModelChoiceFilter(
        queryset=_owners, label=_("Relationship manager"), null_label=_("Nobody"), null_value="none"
    )

    class Meta:
        model = Customer
        fields: list[str] = []

    def within(self, queryset: "QuerySet[Any]", _name: str, branch: Branch | None) -> "QuerySet[Any]":
        """The branch and all below it."""
        if branch is None:
            return queryset
        return queryset.filter(branch_id__in=list(Branch.objects.subtree_of(branch).values_list("pk", flat=True)))


class NearFilter(PassedFilter):
    """Customers close to an edge: by tier, how far, and by when they are expected over it."""

    tier = django_filters.MultipleChoiceFilter(choices=(), method="in_tier", label=_("Tier"))
    side = django_filters.ChoiceFilter(
        choices=(("reached", _("Reached, not yet moved")), ("down", _("About to fall"))),
        method="nothing",
        label=_("Direction"),
    )
    within_share = django_filters.ChoiceFilter(
        choices=[(str(share), f"≤ {share}%") for share in SHARES], method="nothing", label=_("Distance")
    )
    months = django_filters.NumberFilter(method="expected_within", label=_("Expected within months"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = labels_of(self.request.tier_scheme).values()
        self.filters["tier"].extra["choices"] = [(label.code, label.name) for label in labels]

    def filter_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """Side and distance say which rows there are at all; the other filters narrow these."""
        given = self.form.cleaned_data
        share = int(given.get("within_share") or USUAL_SHARE)
        rows = near(self.request.ladder, queryset, side=given.get("side") or UP, share=share)
        return super().filter_queryset(rows)

    def nothing(self, queryset: "QuerySet[Any]", _name: str, _value: str) -> "QuerySet[Any]":
        """Read by ``filter_queryset``."""
        return queryset

    def in_tier(self, queryset: "QuerySet[Any]", _name: str, tiers: list[str]) -> "QuerySet[Any]":
        """Customers who stand in one of the tiers now."""
        return queryset.filter(held__in=tiers) if tiers else queryset

    def expected_within(self, queryset: "QuerySet[Any]", _name: str, months: Any) -> "QuerySet[Any]":
        """Whom the growth of the last months carries over the edge by then."""
        return queryset if months is None else queryset.filter(months_left__lte=months)
