"""The filters of the list of notices."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from keheng.notices import kinds
from keheng.notices.models import Notice
from keheng.ui.lists import DayRangeFilter, FilterSet


def _kinds() -> list[tuple[str, str]]:
    return list(kinds.declared().items())


class NoticeFilter(FilterSet):
    q = django_filters.CharFilter(field_name="title", lookup_expr="contains", label=_("Words of the notice"))
    unread = django_filters.BooleanFilter(method="by_unread", label=_("Unread"))
    kind = django_filters.MultipleChoiceFilter(choices=_kinds, label=_("Kind"))
    at = DayRangeFilter(label=_("Date"))

    class Meta:
        model = Notice
        fields: list[str] = []

    def by_unread(self, queryset: "QuerySet[Notice]", _name: str, value: bool) -> "QuerySet[Notice]":
        return queryset.filter(read_at__isnull=value)
