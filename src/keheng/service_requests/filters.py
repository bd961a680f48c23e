"""The filters of the desk."""

from datetime import date, datetime, timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common.clock import SHANGHAI
from keheng.org.models import Branch
from keheng.service_requests.enums import Channel, State
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.queries.catalogue import newest
from keheng.service_requests.queries.handled import at_once, handled
from keheng.service_requests.queries.names import tier_names
from keheng.ui.lists import DayRangeFilter, FilterSet

_SOON = timedelta(minutes=10)
_OPEN, _CLOSED, _ANY = "open", "closed", "any"
NO_TIER = "none"


def _businesses() -> list[tuple[str, str]]:
    return [(about.code, about.name) for about in newest().businesses.values()]


def _branches(request: Any) -> "QuerySet[Branch]":
    return Branch.objects.visible_to(request.user) if request else Branch.objects.none()


def _tiers() -> list[tuple[str, Any]]:
    return [*tier_names().items(), (NO_TIER, _("no tier"))]


class RequestFilter(FilterSet):
    """Open requests unless ``when`` or ``state`` says otherwise. What handling came to is asked of its period."""

    quiet = (
        "assignee",
        "tier",
        "outlet",
        "done_at",
        "in_time",
        "took",
        "at_once",
        "reopened",
        "rating",
        "moment",
        "weekday",
        "hour",
    )

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
    tier = django_filters.MultipleChoiceFilter(choices=_tiers, method="of_tier", label=_("tier of the customer"))
    outlet = django_filters.ModelChoiceFilter(queryset=_branches, field_name="branch", label=_("outlet itself"))
    done_at = DayRangeFilter(method="by_done", label=_("handling ended on"))
    in_time = django_filters.BooleanFilter(method="by_in_time", label=_("handled within the limit"))
    took = django_filters.RangeFilter(method="by_took", label=_("handling in minutes of service"))
    at_once = django_filters.BooleanFilter(method="by_at_once", label=_("done at the first contact"))
    reopened = django_filters.BooleanFilter(method="by_reopened", label=_("reopened"))
    rating = django_filters.MultipleChoiceFilter(
        choices=[(stars, str(stars)) for stars in range(5, 0, -1)], label=_("rating"), method="by_rating"
    )
    moment = django_filters.IsoDateTimeFromToRangeFilter(field_name="opened_at", label=_("taken in between"))
    weekday = django_filters.ChoiceFilter(
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        field_name="opened_at__iso_week_day",
        label=_("taken in on a"),
    )
    hour = django_filters.ChoiceFilter(
        choices=[(hour, f"{hour}:00") for hour in range(24)], field_name="opened_at__hour", label=_("taken in after")
    )

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

    def of_tier(self, queryset: Any, _name: str, values: list[str]) -> Any:
        asked = Q(customer__tier__in=values)
        return queryset.filter(asked | Q(customer__tier="") if NO_TIER in values else asked)

    def by_done(self, queryset: Any, _name: str, _value: slice) -> Any:
        return queryset.filter(pk__in=self._handled().values("pk"))

    def by_in_time(self, queryset: Any, _name: str, value: bool) -> Any:
        return queryset.filter(pk__in=self._handled().filter(in_time=value).values("pk"))

    def by_took(self, queryset: Any, _name: str, value: slice) -> Any:
        """From so many minutes up to, and not including, so many."""
        found = self._handled()
        if value.start is not None:
            found = found.filter(took__gte=timedelta(minutes=float(value.start)))
        if value.stop is not None:
            found = found.filter(took__lt=timedelta(minutes=float(value.stop)))
        return queryset.filter(pk__in=found.values("pk"))

    def by_at_once(self, queryset: Any, _name: str, value: bool) -> Any:
        return queryset.filter(at_once()) if value else queryset.exclude(at_once())

    def by_reopened(self, queryset: Any, _name: str, value: bool) -> Any:
        return queryset.filter(reopened__gt=0) if value else queryset.filter(reopened=0)

    def by_rating(self, queryset: Any, _name: str, values: list[str]) -> Any:
        return queryset.filter(rating__in=values)

    def _handled(self) -> Any:
        """What was handled in the period that is asked for beside, or ever."""
        period: slice | None = self.form.cleaned_data.get("done_at")
        first, last = (_day(period.start), _day(period.stop)) if period else (None, None)
        return handled(ServiceRequest.objects.all(), first, last)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone(SHANGHAI).date()
