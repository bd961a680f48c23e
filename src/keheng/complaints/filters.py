"""The filters of the list of complaints."""

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.complaints.enums import Channel, Grade, Kind, State
from keheng.complaints.models import Cause, Complaint
from keheng.org.models import Branch
from keheng.ui.lists import DayRangeFilter, FilterSet

_SOON = timedelta(days=3)


def _branches(request: Any) -> "QuerySet[Branch]":
    return Branch.objects.visible_to(request.user) if request else Branch.objects.none()


class ComplaintFilter(FilterSet):
    """Open complaints unless ``when`` or ``state`` says otherwise."""

    q = django_filters.CharFilter(method="find", label=_("Number, or name of the customer"))
    when = django_filters.ChoiceFilter(
        method="by_when",
        label=_("Time limit"),
        choices=[
            ("internal", _("over an internal limit")),
            ("regulatory", _("over a regulatory limit")),
            ("soon", _("regulatory limit within 3 days")),
            ("ended", pgettext_lazy("complaint", "ended")),
            ("any", pgettext_lazy("complaint", "open and ended")),
        ],
    )
    who = django_filters.ChoiceFilter(
        method="by_who",
        label=pgettext_lazy("complaint", "handled by"),
        choices=[
            ("me", pgettext_lazy("complaint", "me")),
            ("unit", pgettext_lazy("complaint", "I answer for the unit")),
            ("nobody", pgettext_lazy("complaint", "nobody yet")),
        ],
    )
    state = django_filters.MultipleChoiceFilter(
        choices=State, label=pgettext_lazy("complaint", "state"), method="by_state"
    )
    kind = django_filters.MultipleChoiceFilter(choices=Kind, label=_("kind of complaint"))
    grade = django_filters.MultipleChoiceFilter(choices=Grade, label=_("grade"))
    cause = django_filters.ModelMultipleChoiceFilter(
        queryset=Cause.objects.all(), label=pgettext_lazy("complaint", "cause")
    )
    channel = django_filters.MultipleChoiceFilter(choices=Channel, label=pgettext_lazy("complaint", "channel"))
    is_repeat = django_filters.BooleanFilter(label=_("complained before"))
    branch = django_filters.ModelChoiceFilter(queryset=_branches, method="within", label=_("Branch and below"))
    about = django_filters.ModelChoiceFilter(
        field_name="about_branch", queryset=_branches, label=_("unit complained about")
    )
    registered_at = DayRangeFilter(label=_("registered at"))

    class Meta:
        model = Complaint
        fields: list[str] = []

    def filter_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        given = self.form.cleaned_data
        found = super().filter_queryset(queryset)
        return found if given.get("when") or given.get("state") or given.get("q") else found.open()  # type: ignore[attr-defined]

    def find(self, queryset: "QuerySet[Complaint]", _name: str, text: str) -> "QuerySet[Complaint]":
        """The beginning of a number or of the customer's name."""
        text = text.strip()
        return queryset.filter(Q(number__startswith=text.upper()) | Q(customer__name__startswith=text))

    def by_when(self, queryset: Any, _name: str, value: str) -> Any:
        match value:
            case "internal":
                return queryset.open().filter(internal_due_at__lte=Now())
            case "regulatory":
                return queryset.open().filter(regulatory_due_at__lte=Now())
            case "soon":
                return queryset.open().filter(regulatory_due_at__gt=Now(), regulatory_due_at__lte=Now() + _SOON)
            case "ended":
                return queryset.filter(state__in=[State.CLOSED, State.WITHDRAWN, State.DECLINED, State.JOINED])
        return queryset

    def by_state(self, queryset: Any, _name: str, values: list[str]) -> Any:
        return queryset.filter(state__in=values) if values else queryset

    def by_who(self, queryset: Any, _name: str, value: str) -> Any:
        match value:
            case "me":
                return queryset.filter(handler=self.request.user)
            case "unit":
                return queryset.filter(responsible=self.request.user)
            case "nobody":
                return queryset.filter(handler=None)
        return queryset

    def within(self, queryset: Any, _name: str, branch: Branch | None) -> Any:
        return queryset if branch is None else queryset.filter(branch__path__startswith=branch.path)
