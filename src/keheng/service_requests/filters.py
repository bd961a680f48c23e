"""The filters of the desk."""

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.org.models import Branch
from keheng.service_requests.enums import Channel, State
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.queries.catalogue import newest
from keheng.ui.lists import DayRangeFilter, FilterSet

_SOON = timedelta(minutes=10)
_OPEN, _CLOSED, _ANY = "open", "closed", "any"


def _businesses() -> list[tuple[str, str]]:
    return [(about.code, about.name) for about in newest().businesses.values()]


def _branches(request: Any) -> "QuerySet[Branch]":
    return Branch.objects.visible_to(request.user) if request else Branch.objects.none()


class RequestFilter(FilterSet):
    """Open requests unless ``when`` or ``state`` says otherwise."""

    q = django_filters.CharFilter(method="find", label=_("Number, or name of the customer"))
    when = django_filters.ChoiceFilter(
        method="by_when",
        label=_("Time limit"),
        choices=[
            ("over", _("over the limit")),
            ("soon", _("due within 10 minutes")),
            (_CLOSED, _("done")),
            (_ANY, _("open and done")),
            ("late", _("were or are over the limit")),
        ],
    )
    who = django_filters.ChoiceFilter(
        method="by_who", label=_("handled by"), choices=[("me", _("me")), ("nobody", _("nobody yet"))]
    )
    state = django_filters.MultipleChoiceFilter(
        choices=State, label=pgettext_lazy("service request", "state"), method="by_state"
    )
    business = django_filters.MultipleChoiceFilter(choices=_businesses, label=_("business"))
    channel = django_filters.MultipleChoiceFilter(choices=Channel, label=_("channel"))
    is_priority = django_filters.BooleanFilter(label=_("Priority customers"))
    branch = django_filters.ModelChoiceFilter(queryset=_branches, method="within", label=_("Branch and below"))
    assignee = django_filters.NumberFilter(field_name="assignee_id", label=_("handled by (number)"))
    opened_at = DayRangeFilter(label=_("taken in at"))

    class Meta:
        model = ServiceRequest
        fields: list[str] = []

    def filter_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        given = self.form.cleaned_data
        found = super().filter_queryset(queryset)
        return found if given.get("when") or given.get("state") or given.get("q") else found.open()  # type: ignore[attr-defined]

    def find(self, queryset: "QuerySet[ServiceRequest]", _name: str, text: str) -> "QuerySet[ServiceRequest]":
        """The beginning of a number or of the customer's name."""
        text = text.strip()
        return queryset.filter(Q(number__startswith=text) | Q(customer__name__startswith=text))

    def by_when(self, queryset: Any, _name: str, value: str) -> Any:
        match value:
            case "over":
                return queryset.open().filter(due_at__lte=Now())
            case "soon":
                return queryset.open().filter(due_at__gt=Now(), due_at__lte=Now() + _SOON)
            case "closed":
                return queryset.filter(state__in=[State.CLOSED, State.CANCELLED, State.MERGED])
            case "late":
                return queryset.filter(is_late=True)
        return queryset

    def by_state(self, queryset: Any, _name: str, values: list[str]) -> Any:
        return queryset.filter(state__in=values) if values else queryset

    def by_who(self, queryset: Any, _name: str, value: str) -> Any:
        match value:
            case "me":
                return queryset.filter(assignee=self.request.user)
            case "nobody":
                return queryset.filter(assignee=None)
        return queryset

    def within(self, queryset: Any, _name: str, branch: Branch | None) -> Any:
        return queryset if branch is None else queryset.filter(branch__path__startswith=branch.path)
