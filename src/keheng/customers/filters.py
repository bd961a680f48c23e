"""The filters of the customer list."""

from decimal import Decimal
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from keheng.common.money import WAN
from keheng.customers.enums import (
    CustomerKind,
    CustomerStatus,
    Interest,
    Investment,
    RiskGrade,
    Sex,
    SpendingHabit,
)
from keheng.customers.models import ArchiveScore, Customer
from keheng.customers.queries import matching
from keheng.customers.queries.classes import of_class
from keheng.org.acting import acting
from keheng.org.models import Branch, Staff
from keheng.ui.lists import DayRangeFilter, FilterSet, WanRangeFilter

MONTHS = [(month, format_lazy(_("Month {n}"), n=month)) for month in range(1, 13)]


def _branches(request: Any) -> "QuerySet[Branch]":
    return Branch.objects.visible_to(request.user) if request else Branch.objects.none()


def _owners(request: Any) -> "QuerySet[Staff]":
    if not request:
        return Staff.objects.none()
    return Staff.objects.filter(branch__in=Branch.objects.visible_to(request.user), is_active=True)


class RowsOfCustomersFilter(FilterSet):
    """What rows that belong to a customer each are narrowed by: branch and manager of the customer."""

    branch = django_filters.ModelChoiceFilter(queryset=_branches, method="in_branch", label=_("Branch"))
    owner = django_filters.ModelChoiceFilter(
        queryset=_owners, field_name="customer__owner", label=_("Relationship manager")
    )

    def in_branch(self, queryset: QuerySet[Any], _name: str, branch: Branch | None) -> QuerySet[Any]:
        """The branch and all below it."""
        if branch is None:
            return queryset
        keys = list(Branch.objects.subtree_of(branch).values_list("pk", flat=True))
        return queryset.filter(customer__branch_id__in=keys)


class CustomerFilter(FilterSet):
    """What the archive itself lets a customer list be narrowed by; pages above add theirs, such as the tier.

    The classes of A1 [004a] stand in :mod:`keheng.customers.queries.classes`.
    """

    q = django_filters.CharFilter(method="find", label=_("Name, pinyin, number, last 4 digits"))
    kind = django_filters.ChoiceFilter(choices=CustomerKind, label=_("Kind"))
    aum = WanRangeFilter(label=_("AUM"))
    branch = django_filters.ModelChoiceFilter(queryset=_branches, method="within", label=_("Branch"))
    owner = django_filters.ModelChoiceFilter(
        queryset=_owners, label=_("Relationship manager"), null_label=_("Nobody"), null_value="none"
    )
    age = django_filters.RangeFilter(method="of_age", label=_("Age"))
    opened_on = DayRangeFilter(label=_("Customer since"))
    status = django_filters.MultipleChoiceFilter(choices=CustomerStatus, label=_("Status"))
    birthday = django_filters.ChoiceFilter(choices=MONTHS, method="of_class", label=_("Birthday month"))
    sex = django_filters.ChoiceFilter(choices=Sex, method="of_class", label=_("Sex"))
    occupation = django_filters.CharFilter(method="of_class", label=_("Occupation"))
    income = WanRangeFilter(method="earning", label=_("Annual income"))
    interests = django_filters.MultipleChoiceFilter(choices=Interest, method="of_class", label=_("Interests"))
    spending = django_filters.MultipleChoiceFilter(choices=SpendingHabit, method="of_class", label=_("Spending habit"))
    investments = django_filters.MultipleChoiceFilter(
        choices=Investment, method="of_class", label=_("Investment preference")
    )
    risk = django_filters.MultipleChoiceFilter(choices=RiskGrade, method="of_class", label=_("Risk grade"))
    do_not_disturb = django_filters.BooleanFilter(label=_("Do not disturb"))
    is_effective = django_filters.BooleanFilter(method="effective", label=_("Effective customer"))

    class Meta:
        model = Customer
        fields: list[str] = []

    def find(self, queryset: "QuerySet[Customer]", _name: str, text: str) -> "QuerySet[Customer]":
        return matching(queryset, text, reader=acting(self.request))

    def within(self, queryset: "QuerySet[Customer]", _name: str, branch: Branch | None) -> "QuerySet[Customer]":
        """The branch and all below it."""
        if branch is None:
            return queryset
        return queryset.filter(branch_id__in=list(Branch.objects.subtree_of(branch).values_list("pk", flat=True)))

    def effective(self, queryset: "QuerySet[Customer]", _name: str, wanted: bool) -> "QuerySet[Customer]":
        """A1 剔除空卡、睡眠折: as the archives were scored last."""
        return queryset.filter(Exists(ArchiveScore.objects.filter(customer_id=OuterRef("pk"), is_effective=wanted)))

    def of_class(self, queryset: "QuerySet[Customer]", name: str, value: Any) -> "QuerySet[Customer]":
        return of_class(queryset, acting(self.request), **{name: value})

    def of_age(self, queryset: "QuerySet[Customer]", _name: str, value: slice | None) -> "QuerySet[Customer]":
        """Completed years from … to …, both included."""
        ages = {"age_from": value and value.start, "age_to": value and value.stop}
        years = {name: None if age is None else int(age) for name, age in ages.items()}
        return of_class(queryset, acting(self.request), **years)

    def earning(self, queryset: "QuerySet[Customer]", _name: str, value: slice | None) -> "QuerySet[Customer]":
        """Annual income from … up to (not including) …, entered in 万."""
        incomes = {"income_from": value and value.start, "income_below": value and value.stop}
        amounts = {name: None if amount is None else Decimal(amount) * WAN for name, amount in incomes.items()}
        return of_class(queryset, acting(self.request), **amounts)
