"""The filters of lists of requests."""

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.approvals import kinds
from keheng.approvals.enums import State
from keheng.approvals.models import Request
from keheng.org.models import Branch
from keheng.ui.lists import DayRangeFilter, FilterSet, WanRangeFilter

_SOON = timedelta(days=1)
_DUE = [("over", _("overdue")), ("soon", _("due within a day"))]


def _branches(request: Any) -> "QuerySet[Branch]":
    return Branch.objects.visible_to(request.user) if request else Branch.objects.none()


class InboxFilter(FilterSet):
    q = django_filters.CharFilter(method="find", label=_("What is asked for or concerning whom"))
    kind = django_filters.MultipleChoiceFilter(
        choices=kinds.choices, label=pgettext_lazy("request for approval", "Kind")
    )
    due = django_filters.ChoiceFilter(choices=_DUE, method="by_due", label=_("Time limit"))
    branch = django_filters.ModelChoiceFilter(queryset=_branches, method="within", label=_("Branch and below"))
    amount = WanRangeFilter(label=_("Amount"))
    requested_at = DayRangeFilter(label=_("Asked at"))

    class Meta:
        model = Request
        fields: list[str] = []

    def find(self, queryset: "QuerySet[Request]", _name: str, text: str) -> "QuerySet[Request]":
        """Part of the title or of the subject's name."""
        return queryset.filter(Q(title__contains=text.strip()) | Q(subject_label__contains=text.strip()))

    def within(self, queryset: "QuerySet[Request]", _name: str, branch: Branch | None) -> "QuerySet[Request]":
        """The branch and all below it."""
        return queryset if branch is None else queryset.filter(branch__path__startswith=branch.path)

    def by_due(self, queryset: "QuerySet[Request]", _name: str, value: str) -> "QuerySet[Request]":
        """Open requests whose time is over, or nearly."""
        edge = {"over": Now(), "soon": Now() + _SOON}.get(value)
        return queryset.filter(state=State.OPEN, due_at__lte=edge) if edge else queryset


class RequestFilter(InboxFilter):
    state = django_filters.MultipleChoiceFilter(choices=State, label=pgettext_lazy("request for approval", "State"))
