"""The filters of the list of imports."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from keheng.ingest.enums import BatchState
from keheng.ingest.models import Batch
from keheng.ingest.queries import profile_names
from keheng.ui.lists import DayRangeFilter, FilterSet


def _profiles() -> list[tuple[str, str]]:
    return list(profile_names().items())


class BatchFilter(FilterSet):
    q = django_filters.CharFilter(field_name="file_name", lookup_expr="icontains", label=_("Search by file name"))
    state = django_filters.MultipleChoiceFilter(choices=BatchState, label=_("State"))
    profile = django_filters.MultipleChoiceFilter(choices=_profiles, label=_("Profile"))
    created = DayRangeFilter(field_name="created_at", label=_("Created"))

    class Meta:
        model = Batch
        fields: list[Any] = []
