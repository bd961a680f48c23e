"""The filters of the customer list."""

from typing import Any

import django_filters
from django.db.models import Exists, Func, OuterRef, QuerySet, Value
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext_lazy as _

from keheng.common.clock import SHANGHAI
from keheng.customers.enums import CustomerKind, CustomerStatus
from keheng.customers.models import ArchiveScore, Customer
from keheng.customers.queries import matching
from keheng.org.models import Branch, Staff
from keheng.ui.lists import DayRangeFilter, FilterSet, WanRangeFilter

_OLDEST = 200
MONTHS = [(month, _("Month %(n)d") % {"n": month}) for month in range(1, 13)]


def _branches(request: Any) -> "QuerySet[Branch]":
    return Branch.objects.visible_to(request.user) if request else Branch.objects.none()


def _owners(request: Any) -> "QuerySet[Staff]":
    if not request:
        return Staff.objects.none()
    return Staff.objects.filter(branch__in=Branch.objects.visible_to(request.user), is_active=True)


class CustomerFilter(FilterSet):
    """What the archive itself lets a customer list be narrowed by; pages above add theirs, such as the tier."""

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
    birthday = django_filters.ChoiceFilter(choices=MONTHS, field_name="birth_date__month", label=_("Birthday month"))
    do_not_disturb = django_filters.BooleanFilter(label=_("Do not disturb"))
    is_effective = django_filters.BooleanFilter(method="effective", label=_("Effective customer"))

    class Meta:
        model = Customer
        fields: list[str] = []

    def find(self, queryset: "QuerySet[Customer]", _name: str, text: str) -> "QuerySet[Customer]":
        return matching(queryset, text)

    def within(self, queryset: "QuerySet[Customer]", _name: str, branch: Branch | None) -> "QuerySet[Customer]":
        """The branch and all below it."""
        if branch is None:
            return queryset
        return queryset.filter(branch_id__in=list(Branch.objects.subtree_of(branch).values_list("pk", flat=True)))

    def effective(self, queryset: "QuerySet[Customer]", _name: str, wanted: bool) -> "QuerySet[Customer]":
        """A1 剔除空卡、睡眠折: as the archives were scored last."""
        return queryset.filter(Exists(ArchiveScore.objects.filter(customer_id=OuterRef("pk"), is_effective=wanted)))

    def of_age(self, queryset: "QuerySet[Customer]", _name: str, value: slice | None) -> "QuerySet[Customer]":
        """Completed years today, from … to …, both included; today is the database's, in Shanghai."""
        if value and value.start is not None:
            queryset = queryset.filter(birth_date__lte=_years_ago(int(value.start)))
        if value and value.stop is not None:
            queryset = queryset.filter(birth_date__gt=_years_ago(int(value.stop) + 1))
        return queryset


def _years_ago(years: int) -> Func:
    today = TruncDate(Now(), tzinfo=SHANGHAI)
    return Func(today, Value(min(years, _OLDEST)), template="(%(expressions)s)", arg_joiner=" - interval '1 year' * ")
