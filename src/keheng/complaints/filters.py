"""The filters of the list of complaints."""

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.complaints.enums import Channel, ClockKind, Grade, Kind, RuleSet, State
from keheng.complaints.models import Cause, Complaint, ComplaintClock, EffectCheck
from keheng.complaints.queries.figures import standing_measures
from keheng.org.models import Branch
from keheng.ui.lists import DayRangeFilter, FilterSet

_SOON = timedelta(days=3)
NO_TIER = "none"


def _branches(request: Any) -> "QuerySet[Branch]":
    return Branch.objects.visible_to(request.user) if request else Branch.objects.none()


def _clocks() -> list[tuple[str, str]]:
    """Each clock of each set of rules, and each set as a whole."""
    kinds = [("", ""), *((f".{kind.value}", f" · {kind.label}") for kind in ClockKind)]
    return [(f"{rules.value}{code}", f"{rules.label}{words}") for rules in RuleSet for code, words in kinds]


class ComplaintFilter(FilterSet):
    """Open complaints unless ``when`` or ``state`` says otherwise."""

    quiet = ("customer", "judged", "met", "stopped")

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
    customer = django_filters.NumberFilter(field_name="customer_id", label=_("customer (key)"))
    tier = django_filters.CharFilter(method="by_tier", label=_("tier of the customer"))
    judged = django_filters.ChoiceFilter(method="apart", label=_("clock that was judged"), choices=_clocks)
    met = django_filters.BooleanFilter(method="apart", label=_("clock kept in time"))
    stopped = DayRangeFilter(method="apart", label=_("clock stopped"))
    measures = django_filters.ChoiceFilter(
        method="by_measures",
        label=_("corrective and preventive measures"),
        choices=[
            ("open", pgettext_lazy("measures", "to be carried out")),
            ("overdue", pgettext_lazy("measures", "overdue")),
            ("done", pgettext_lazy("measures", "carried out")),
            ("failed", pgettext_lazy("measures", "without effect")),
        ],
    )

    class Meta:
        model = Complaint
        fields: list[str] = []

    def filter_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        given = self.form.cleaned_data
        found = super().filter_queryset(queryset)
        if given.get("judged") or given.get("stopped") or given.get("met") is not None:
            found = found.filter(pk__in=self._judged(given))
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

    def apart(self, queryset: Any, _name: str, _value: Any) -> Any:
        """What is said of a clock holds of one and the same clock: see ``filter_queryset``."""
        return queryset

    def _judged(self, given: Any) -> "QuerySet[Any]":
        clocks = ComplaintClock.objects.filter(met__isnull=False).order_by()
        rule_set, _dot, kind = (given.get("judged") or "").partition(".")
        if rule_set:
            clocks = clocks.filter(rule_set=rule_set)
        if kind:
            clocks = clocks.filter(kind=kind)
        if given.get("met") is not None:
            clocks = clocks.filter(met=given["met"])
        span = given.get("stopped")
        if span and span.start:
            clocks = clocks.filter(stopped_at__gte=span.start)
        if span and span.stop:
            clocks = clocks.filter(stopped_at__lte=span.stop)
        return clocks.values("complaint_id")

    def by_tier(self, queryset: Any, _name: str, value: str) -> Any:
        if value == NO_TIER:
            return queryset.filter(Q(customer__tier="") | Q(customer__tier=None), customer__isnull=False)
        return queryset.filter(customer__tier=value)

    def by_measures(self, queryset: Any, _name: str, value: str) -> Any:
        if value == "failed":
            return queryset.filter(pk__in=EffectCheck.objects.filter(effective=False).values("complaint_id"))
        standing, today = standing_measures(), TruncDate(Now())
        states = {
            "open": Q(done_at=None, due_on__gte=today),
            "overdue": Q(done_at=None, due_on__lt=today),
            "done": Q(done_at__isnull=False),
        }
        return queryset.filter(pk__in=standing.filter(states[value]).values("complaint_id"))

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
