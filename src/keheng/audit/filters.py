"""The filters of the trail."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from keheng.audit import actions, words
from keheng.audit.enums import Outcome
from keheng.audit.models import Entry
from keheng.ui.lists import DayRangeFilter, FilterSet


class EntryFilter(FilterSet):
    q = django_filters.CharFilter(method="find", label=_("Actor or record"))
    at = DayRangeFilter(label=_("Date"))
    action = django_filters.MultipleChoiceFilter(choices=actions.declared, label=_("Action"))
    outcome = django_filters.ChoiceFilter(choices=Outcome, label=_("Outcome"))
    kind = django_filters.ChoiceFilter(field_name="target_type", choices=words.kinds, label=_("Kind of record"))
    record = django_filters.NumberFilter(field_name="target_id", label=_("Record number"))
    actor = django_filters.NumberFilter(field_name="actor_id", label=_("Actor number"))

    class Meta:
        model = Entry
        fields: list[str] = []

    def find(self, queryset: "QuerySet[Entry]", _name: str, text: str) -> "QuerySet[Entry]":
        """The beginning of the actor's or the record's name."""
        text = text.strip()
        return queryset.filter(actor_name__startswith=text) | queryset.filter(target_label__startswith=text)
