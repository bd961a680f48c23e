"""The filters of customers: those of a scheme, of a cell of the matrix, near an edge."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from keheng.customers.models import Customer
from keheng.portfolio.models import CurrentFigures
from keheng.tiering.filters.scope import SchemeFilter, WithinBranch, branch_filter, owner_filter
from keheng.tiering.models import Standing
from keheng.tiering.policies.goals import figure_of
from keheng.tiering.queries import SHARES, UP, USUAL_SHARE, near
from keheng.tiering.queries.goals import table_in_force, uses
from keheng.tiering.queries.signing import has_signed


class MemberFilter(SchemeFilter):
    """The customers of a scheme by tier, branch, manager and use of the key businesses."""

    tier = django_filters.MultipleChoiceFilter(choices=(), method="in_tier", label=_("Tier"))
    branch = branch_filter()
    owner = owner_filter()
    uses = django_filters.ChoiceFilter(choices=(), method="who_uses", label=_("Uses the key business"))
    lacks = django_filters.ChoiceFilter(choices=(), method="who_lacks", label=_("Does not use the key business"))

    signed = django_filters.ChoiceFilter(
        choices=(("yes", _("Signed")), ("no", _("Not signed yet"))),
        method="who_signed",
        label=_("Private-bank agreement"),
    )

    class Meta:
        model = Customer
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = [self.filters[name] for name in ("uses", "lacks") if name in self.filters]
        self.businesses = {one.metric: one for one in table_in_force(self.scheme).businesses} if asked else {}
        for found in asked:
            found.extra["choices"] = [(one.metric, one.name) for one in self.businesses.values()]

    def who_uses(self, queryset: "QuerySet[Customer]", _name: str, metric: str) -> "QuerySet[Customer]":
        """A2 [004j]: customers who use a key business."""
        return queryset.filter(uses(self.businesses[metric]))

    def who_lacks(self, queryset: "QuerySet[Customer]", _name: str, metric: str) -> "QuerySet[Customer]":
        """A2 [004j]: customers who do not use it yet; also those without any figures."""
        users = CurrentFigures.objects.filter(**{f"{figure_of(metric)}__gte": self.businesses[metric].at_least})
        return queryset.exclude(pk__in=users.values("customer_id"))

    def who_signed(self, queryset: "QuerySet[Customer]", _name: str, wanted: str) -> "QuerySet[Customer]":
        """A2 [004j]: who has signed the private-bank agreement, and who has not."""
        return queryset.filter(has_signed() if wanted == "yes" else ~has_signed())

    def in_tier(self, queryset: "QuerySet[Customer]", _name: str, tiers: list[str]) -> "QuerySet[Customer]":
        """Customers who stand in one of the tiers."""
        if not tiers:
            return queryset
        return queryset.filter(pk__in=Standing.objects.filter(scheme=self.scheme, tier__in=tiers).values("customer_id"))


class PassedFilter(WithinBranch):
    """The customers of a cell of the migration matrix."""

    owner = owner_filter()

    class Meta:
        model = Customer
        fields: list[str] = []


class NearFilter(SchemeFilter):
    """Customers close to an edge: by tier, how far, and by when they are expected over it."""

    owner = owner_filter()
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

    class Meta:
        model = Customer
        fields: list[str] = []

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
