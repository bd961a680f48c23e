"""The list of events, their calendar, and the audience of one event."""

from calendar import Calendar
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.common import clock
from keheng.common.clock import SHANGHAI
from keheng.customers.filters import CustomerFilter
from keheng.customers.models import Customer
from keheng.customers.privacy.exports import CustomerRows
from keheng.customers.queries.consent import channel_names
from keheng.customers.queries.rules import privacy_rules
from keheng.org.acting import acting
from keheng.org.models import Branch
from keheng.outreach import permissions
from keheng.outreach.enums import EventState, InviteBy, Obstacle
from keheng.outreach.models import Event
from keheng.outreach.operations.inviting import invite
from keheng.outreach.queries.audience import conditions, reachable_by, with_obstacle
from keheng.outreach.queries.due import Due, due
from keheng.outreach.queries.rules import rules_in_force
from keheng.portfolio.enums import ProductKind
from keheng.portfolio.models import Holding
from keheng.tiering.queries.schemes import tier_label, tiers_by_kind
from keheng.ui.lists import (
    BadgeColumn,
    BulkAction,
    EmptyState,
    FilterSet,
    ListView,
    MomentColumn,
    NumberColumn,
    PageAction,
    PresetView,
    Table,
    TierColumn,
    WanColumn,
)
from keheng.ui.views import PermissionMixin

TONES = {
    EventState.PLANNED: "",
    EventState.ASKED: "near",
    EventState.OPEN: "info",
    EventState.HELD: "met",
    EventState.CLOSED: "met",
    EventState.CANCELLED: "over",
}
_MONTHS_AROUND = 24


def _kinds() -> list[tuple[str, str]]:
    return [(kind.code, kind.name) for kind in rules_in_force().rules.kinds]


def _branches(request: Any) -> "QuerySet[Branch]":
    return Branch.objects.visible_to(request.user) if request else Branch.objects.none()


class EventFilter(FilterSet):
    q = django_filters.CharFilter(
        field_name="title", lookup_expr="icontains", label=pgettext_lazy("customer event", "Title")
    )
    state = django_filters.MultipleChoiceFilter(choices=EventState, label=gettext_lazy("State"))
    kind = django_filters.MultipleChoiceFilter(choices=_kinds, label=gettext_lazy("Kind"))
    branch = django_filters.ModelChoiceFilter(queryset=_branches, label=gettext_lazy("Held by"))
    mine = django_filters.BooleanFilter(method="organised", label=gettext_lazy("Organised by me"))

    class Meta:
        model = Event
        fields: list[str] = []

    def organised(self, queryset: "QuerySet[Event]", _name: str, mine: bool | None) -> "QuerySet[Event]":
        return queryset.filter(organiser=self.request.user) if mine else queryset


class EventTable(Table):
    title = tables.Column(verbose_name=pgettext_lazy("customer event", "Event"))
    number = tables.Column(verbose_name=pgettext_lazy("customer event", "Number"))
    kind = tables.Column(verbose_name=gettext_lazy("Kind"), accessor="kind_name")
    starts_at = MomentColumn(verbose_name=pgettext_lazy("customer event", "Begins"), orderable=True)
    branch = tables.Column(verbose_name=gettext_lazy("Held by"))
    venue = tables.Column(verbose_name=gettext_lazy("Venue"))
    taken = NumberColumn(verbose_name=gettext_lazy("Seats taken"))
    capacity = NumberColumn(verbose_name=gettext_lazy("Seats"))
    state = BadgeColumn(verbose_name=gettext_lazy("State"), tones={state.value: tone for state, tone in TONES.items()})
    organiser = tables.Column(verbose_name=gettext_lazy("Organiser"))

    fixed = ("title",)
    optional = ("number",)

    class Meta(Table.Meta):
        model = Event
        fields = ()
        orderable = False

    def render_state(self, record: Any) -> Any:
        return self.columns["state"].column.render(record.get_state_display(), record, self.columns["state"])


class EventList(ListView):
    """活动: of one's branches and those above, the latest first."""

    permission = permissions.VIEW
    key = "outreach-events"
    title = pgettext_lazy("customer event", "Events")
    unit = pgettext_lazy("measure word for events", "events")
    table_class = EventTable
    filterset_class = EventFilter
    default_sort = "-starts_at"
    template_name = "outreach/events.html"
    preset_views = (
        PresetView(gettext_lazy("Coming"), "state=planned&state=asked&state=open&sort=starts_at"),
        PresetView(gettext_lazy("Held"), "state=held&state=closed"),
    )

    def get_queryset(self) -> "QuerySet[Event]":
        return Event.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.select_related("branch", "organiser")

    def decorate(self, rows: list[Any]) -> list[Any]:
        rules = rules_in_force().rules
        for row in rows:
            row.kind_name = rules.name_of(row.kind)
        return rows

    def due(self) -> list[Due]:
        """What is held every so many months, and who has planned none yet; for whoever plans."""
        reader = acting(self.request)
        return due(reader, clock.today()) if reader.can(permissions.MANAGE) else []

    def page_actions(self) -> list[PageAction]:
        actions = [PageAction(_("Calendar"), reverse("outreach:calendar"), "calendar")]
        if acting(self.request).can(permissions.MANAGE):
            actions.append(PageAction(_("Plan an event"), reverse("outreach:new"), "plus", primary=True))
        return actions

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No event yet"),
            _("Plan a salon, a seminar or a banquet: seats, audience and budget come from the rules of its kind."),
            "confetti",
            _("Plan an event"),
            reverse("outreach:new") if acting(self.request).can(permissions.MANAGE) else "",
        )


class EventCalendar(PermissionMixin):
    """The events of a month, day by day."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        today = clock.today()
        month = _month_of(request.GET.get("month", ""), today)
        weeks = Calendar().monthdatescalendar(month.year, month.month)
        first, last = weeks[0][0], weeks[-1][-1]
        shown = Event.objects.visible_to(acting(request)).filter(
            starts_at__gte=datetime.combine(first, time(), SHANGHAI),
            starts_at__lt=datetime.combine(last + timedelta(days=1), time(), SHANGHAI),
        )
        by_day: dict[date, list[tuple[Event, str]]] = {}
        for event in shown.select_related("branch").order_by("starts_at"):
            day = event.starts_at.astimezone(SHANGHAI).date()
            by_day.setdefault(day, []).append((event, TONES[EventState(event.state)]))
        before = (month - timedelta(days=1)).replace(day=1)
        after = (month + timedelta(days=32)).replace(day=1)
        context = {
            "month": month,
            "before": before,
            "after": after,
            "today": today,
            "weekdays": [weeks[0][place] for place in range(7)],
            "weeks": [[(day, day.month == month.month, by_day.get(day, [])) for day in week] for week in weeks],
            "may_plan": acting(request).can(permissions.MANAGE),
        }
        return render(request, "outreach/calendar.html", context)


def _month_of(text: str, today: date) -> date:
    """The first of the month that an address names, within two years; else of this month."""
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        month = today
    if abs((month.year - today.year) * 12 + month.month - today.month) > _MONTHS_AROUND:
        month = today
    return month.replace(day=1)


# -- audience ---------------------------------------------------------------------------------------------------------


def _tiers() -> list[tuple[str, str]]:
    return list({one.code: one.name for labels in tiers_by_kind().values() for one in labels.values()}.items())


class AudienceFilter(CustomerFilter):
    """The filters of the customer list, and what stands against inviting (A4: by outlet, product, need)."""

    tier = django_filters.MultipleChoiceFilter(choices=_tiers, label=gettext_lazy("Tier"))
    holds = django_filters.ChoiceFilter(choices=ProductKind, method="holding", label=gettext_lazy("Holds"))
    obstacle = django_filters.ChoiceFilter(
        choices=[
            ("none", gettext_lazy("May be invited")),
            *(choice for choice in Obstacle.choices if choice[0] != Obstacle.CONSENT),
        ],
        method="kept_out",
        label=gettext_lazy("Invitation"),
    )

    do_not_disturb = status = None

    def holding(self, queryset: "QuerySet[Customer]", _name: str, kind: str) -> "QuerySet[Customer]":
        if not kind:
            return queryset
        return queryset.filter(Exists(Holding.objects.filter(customer=OuterRef("pk"), product__kind=kind)))

    def kept_out(self, queryset: "QuerySet[Customer]", _name: str, wanted: str) -> "QuerySet[Customer]":
        event = getattr(self.request, "event", None)
        if not wanted or event is None:
            return queryset
        against = conditions(event, clock.today())
        if wanted == "none":
            for condition in against.values():
                queryset = queryset.filter(~condition)
            return queryset
        return queryset.filter(against[Obstacle(wanted)])


class AudienceTable(Table):
    name = tables.Column(verbose_name=gettext_lazy("Customer"))
    number = tables.Column(verbose_name=gettext_lazy("Customer number"))
    tier = TierColumn(
        verbose_name=gettext_lazy("Tier"), accessor="tier_step", name_of=lambda customer: customer.tier_name
    )
    aum = WanColumn(verbose_name=gettext_lazy("AUM (month average)"), orderable=True)
    owner = tables.Column(verbose_name=gettext_lazy("Relationship manager"))
    branch = tables.Column(verbose_name=gettext_lazy("Branch"))
    obstacle = tables.Column(verbose_name=gettext_lazy("Invitation"), accessor="obstacle_name")
    reachable = tables.Column(verbose_name=gettext_lazy("Agrees to"), accessor="reachable")

    fixed = ("name",)
    optional = ("number",)

    class Meta(Table.Meta):
        model = Customer
        fields = ()
        orderable = False


class Audience(CustomerRows):
    """Whom to invite to one event: the customers of one's scope by the filters of the customer list, saved as views."""

    permission = permissions.MANAGE
    key = "outreach-audience"
    title = gettext_lazy("Audience")
    unit = pgettext_lazy("measure word for customers", "customers")
    table_class = AudienceTable
    filterset_class = AudienceFilter
    default_sort = "-aum"
    search_hint = gettext_lazy("Name, pinyin, initials, customer number, last 4 digits")
    preset_views = (
        PresetView(gettext_lazy("May be invited"), "obstacle=none"),
        PresetView(gettext_lazy("1 million and above"), "obstacle=none&aum_min=100"),
        PresetView(gettext_lazy("Invited lately"), "obstacle=recent"),
    )
    bulk_actions = (
        BulkAction(gettext_lazy("Invite by phone"), "outreach:invite", "phone"),
        BulkAction(gettext_lazy("Invite by WeChat"), "outreach:invite", "message-circle"),
        BulkAction(gettext_lazy("Invite by SMS"), "outreach:invite", "message"),
    )
    template_name = "outreach/audience.html"

    @cached_property
    def event(self) -> Event:
        found: Event = get_object_or_404(Event.objects.visible_to(acting(self.request)), pk=self.kwargs["pk"])
        self.request.event = found  # type: ignore[attr-defined]  # the filter asks what stands against it
        return found

    def get_queryset(self) -> "QuerySet[Customer]":
        assert self.event
        return Customer.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.select_related("branch", "owner")

    def decorate(self, rows: list[Any]) -> list[Any]:
        keys, known = [row.pk for row in rows], tiers_by_kind()
        against = dict(
            with_obstacle(Customer.objects.filter(pk__in=keys), self.event, clock.today()).values_list("pk", "obstacle")
        )
        channels, rules = reachable_by(keys), privacy_rules()
        for row in rows:
            label = tier_label(row, known)
            row.tier_name, row.tier_step = (label.name, label.step) if label else ("", -1)
            found = against.get(row.pk)
            row.obstacle_name = str(Obstacle(found).label) if found else _("May be invited")
            row.reachable = "、".join(channel_names(rules, channels.get(row.pk, ())))
        return rows

    def bulk_url(self, action: BulkAction) -> str:
        place = self.bulk_actions.index(action)
        return reverse("outreach:invite", args=[self.kwargs["pk"], list(InviteBy)[place].value])

    def row_url(self, record: Any) -> str:
        return reverse("customer", args=[record.pk])

    def empty_state(self) -> EmptyState:
        return EmptyState(_("No customer lies in your scope"), icon="users")


class Invite(PermissionMixin):
    """Put the ticked customers on the list of the event."""

    permission = permissions.MANAGE

    def post(self, request: HttpRequest, pk: int, channel: str) -> HttpResponse:
        event = get_object_or_404(Event.objects.visible_to(acting(request)), pk=pk)
        if channel not in InviteBy.values:
            return redirect("outreach:audience", pk=pk)
        chosen = Audience.selection(request, pk=pk)
        try:
            done = invite(
                event=event, customers=chosen, channel=InviteBy(channel), actor=acting(request), at=clock.now()
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("outreach:audience", pk=pk)
        if done.count:
            messages.success(
                request,
                _("%(count)d customers are on the list; whoever looks after them invites them.")
                % {"count": done.count},
            )
        if done.left_out:
            told = "、".join(f"{reason.label} {number}" for reason, number in done.left_out.items())
            messages.warning(request, _("Left out: %(reasons)s") % {"reasons": told})
        return redirect(f"{event.get_absolute_url()}?tab=guests")
