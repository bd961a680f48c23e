"""The filters of the lists of companies and of their scores."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.customers.enums import CustomerKind
from keheng.customers.models import Customer
from keheng.tiering.filters.scope import WithinBranch, branch_filter
from keheng.tiering.models import Standing, ValueScore
from keheng.tiering.policies.company_types import TREE
from keheng.tiering.policies.value import LEVELS
from keheng.tiering.queries import tier_definitions
from keheng.tiering.queries.companies import of_types
from keheng.tiering.wording import POPULATIONS, type_words


def _sizes() -> list[tuple[str, str]]:
    return [(label.code, str(label.name)) for label in tier_definitions(CustomerKind.COMPANY).values()]


def _types() -> list[tuple[str, str]]:
    return [(node.code, type_words(node.code)) for node in TREE]


class CompanyFilter(WithinBranch):
    """Companies by type, size, class, population and branch; the view has classified the rows."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="contains", label=_("Name"))
    type = django_filters.MultipleChoiceFilter(choices=_types, method="of_type", label=_("Company type"))
    tier = django_filters.MultipleChoiceFilter(choices=_sizes, label=pgettext_lazy("company", "Size"))
    klass = django_filters.MultipleChoiceFilter(
        choices=[("I", "I"), ("II", "II"), ("III", "III")], method="of_class", label=_("Marketing class")
    )
    population = django_filters.MultipleChoiceFilter(choices=POPULATIONS, label=_("Existing or target"))
    branch = branch_filter()

    class Meta:
        model = Customer
        fields: list[str] = []

    def of_type(self, queryset: "QuerySet[Any]", _name: str, codes: list[str]) -> "QuerySet[Any]":
        """The nodes chosen with all below them."""
        return of_types(queryset, codes) if codes else queryset

    def of_class(self, queryset: "QuerySet[Any]", _name: str, codes: list[str]) -> "QuerySet[Any]":
        """Companies that stand in one of the marketing classes."""
        standing = Standing.objects.filter(scheme__code="corporate-class", tier__in=codes)
        return queryset.filter(pk__in=standing.values("customer_id")) if codes else queryset


class ScoreFilter(WithinBranch):
    """Scores of one computation; the view has given them levels."""

    q = django_filters.CharFilter(field_name="customer__name", lookup_expr="contains", label=_("Name"))
    layer = django_filters.MultipleChoiceFilter(choices=_sizes, label=_("Layer"))
    type = django_filters.MultipleChoiceFilter(choices=_types, method="of_type", label=_("Company type"))
    population = django_filters.MultipleChoiceFilter(choices=POPULATIONS, label=_("Existing or target"))
    customer_level = django_filters.MultipleChoiceFilter(
        choices=[(level.value, words) for level, words in LEVELS.items()], label=_("Bank's value to the customer")
    )
    bank_level = django_filters.MultipleChoiceFilter(
        choices=[(level.value, words) for level, words in LEVELS.items()], label=_("Customer's value to the bank")
    )
    scored = django_filters.BooleanFilter(
        field_name="to_bank", lookup_expr="isnull", exclude=True, label=_("Has a score")
    )
    branch = branch_filter()
    branch_path = "customer__branch_id"

    class Meta:
        model = ValueScore
        fields: list[str] = []

    def of_type(self, queryset: "QuerySet[Any]", _name: str, codes: list[str]) -> "QuerySet[Any]":
        """The nodes chosen with all below them."""
        leaves = [node.code for node in TREE if any(node.code == c or node.code.startswith(f"{c}.") for c in codes)]
        return queryset.filter(type__in=leaves) if codes else queryset
