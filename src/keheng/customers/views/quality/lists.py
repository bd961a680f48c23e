"""What the lists of data quality have in common: filters by branch, owner and tier of the customer of a row."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from keheng.customers import queries
from keheng.customers.filters import _branches, _owners
from keheng.customers.models import Customer
from keheng.customers.queries import matching
from keheng.org.acting import acting
from keheng.org.models import Branch
from keheng.ui.lists import FilterSet, TierColumn


class OfCustomers(FilterSet):
    """Rows with a ``customer``."""

    q = django_filters.CharFilter(method="find", label=_("Name, pinyin, number, last 4 digits"))
    branch = django_filters.ModelChoiceFilter(queryset=_branches, method="within", label=_("Branch"))
    owner = django_filters.ModelChoiceFilter(
        queryset=_owners,
        field_name="customer__owner",
        label=_("Relationship manager"),
        null_label=_("Nobody"),
        null_value="none",
    )
    path = "customer"

    def find(self, queryset: "QuerySet[Any]", _name: str, text: str) -> "QuerySet[Any]":
        reader = acting(self.request)
        customers = matching(Customer.objects.visible_to(reader), text, reader=reader).order_by()
        return queryset.filter(**{f"{self.path}__in": customers.values("pk")})

    def within(self, queryset: "QuerySet[Any]", _name: str, branch: Branch | None) -> "QuerySet[Any]":
        """The branch and all below it."""
        if branch is None:
            return queryset
        branches = list(Branch.objects.subtree_of(branch).values_list("pk", flat=True))
        return queryset.filter(**{f"{self.path}__branch_id__in": branches})


class OfTierColumn(TierColumn):
    """The tier of the customer of a row, named by :func:`keheng.customers.archive.tiers.add_tiers`."""

    def __init__(self) -> None:
        super().__init__(
            accessor="customer__tier_step", verbose_name=_("Tier"), name_of=lambda row: row.customer.tier_name
        )


class WordsColumn(tables.Column):  # type: ignore[misc]
    """A list of words, one after the other; the cell shows them whole when pointed at."""

    def render(self, value: list[str]) -> str:
        text = "、".join(value)
        return format_html('<span class="soft" title="{}">{}</span>', text, text)

    def value(self, value: list[str]) -> str:
        return "、".join(value)


def field_choices() -> list[tuple[str, str]]:
    """The fields that completeness may weigh."""
    return [(field.code, str(field.label)) for field in queries.weighable_fields().values()]
