"""管户负荷: the load of people, one person's customers, and people who leave."""

from typing import Any, NamedTuple

import django_filters
import django_tables2 as tables
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from keheng.care.enums.ownership import HandOverState, ReferralState
from keheng.care.forms.ownership import ReleaseForm
from keheng.care.models import CoverPeriod, HandOver, Referral
from keheng.care.operations.handing_over import release
from keheng.care.permissions import ownership as permissions
from keheng.care.permissions.contacts import COMPLIANCE
from keheng.care.queries.oversight import Missing, missing_counts
from keheng.care.queries.people import loaded, skills_of
from keheng.care.views.ownership.pool import add_tiers
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.org.models import Branch, Role, Staff
from keheng.ui.lists import (
    EmptyState,
    FilterSet,
    ListView,
    NumberColumn,
    PresetView,
    Table,
    WanColumn,
)
from keheng.ui.templatetags.keheng import bar
from keheng.ui.views import PermissionMixin, SideForm


def _branches(request: Any) -> "QuerySet[Branch]":
    return Branch.objects.visible_to(request.user) if request else Branch.objects.none()


class LoadFilter(FilterSet):
    branch = django_filters.ModelChoiceFilter(queryset=_branches, method="within", label=gettext_lazy("Branch"))
    role = django_filters.ModelMultipleChoiceFilter(
        queryset=Role.objects.exclude(code="system"), label=gettext_lazy("Role")
    )
    over = django_filters.BooleanFilter(method="beyond", label=gettext_lazy("Over capacity"))
    left = django_filters.BooleanFilter(method="gone", label=gettext_lazy("No longer signs in"))
    empty = django_filters.BooleanFilter(method="without", label=gettext_lazy("Without customers"))

    class Meta:
        model = Staff
        fields: list[str] = []

    def within(self, queryset: "QuerySet[Any]", _name: str, branch: Branch | None) -> "QuerySet[Any]":
        """The branch and all below it."""
        return queryset.filter(branch__in=Branch.objects.subtree_of(branch)) if branch else queryset

    def beyond(self, queryset: "QuerySet[Any]", _name: str, over: bool | None) -> "QuerySet[Any]":
        if over is None:
            return queryset
        return queryset.filter(load__gt=F("capacity")) if over else queryset.exclude(load__gt=F("capacity"))

    def gone(self, queryset: "QuerySet[Any]", _name: str, left: bool | None) -> "QuerySet[Any]":
        return queryset if left is None else queryset.filter(is_active=not left)

    def without(self, queryset: "QuerySet[Any]", _name: str, empty: bool | None) -> "QuerySet[Any]":
        if empty is None:
            return queryset
        return queryset.filter(load=0) if empty else queryset.filter(load__gt=0)


class LoadTable(Table):
    name = tables.Column(verbose_name=gettext_lazy("Member of staff"))
    role = tables.Column(verbose_name=gettext_lazy("Role"))
    title = tables.Column(verbose_name=gettext_lazy("Post"))
    branch = tables.Column(verbose_name=gettext_lazy("Branch"))
    load = NumberColumn(verbose_name=gettext_lazy("Customers"), orderable=True)
    owned = WanColumn(verbose_name=gettext_lazy("AUM"), orderable=True)
    capacity = NumberColumn(verbose_name=gettext_lazy("Capacity"))
    filled = tables.Column(verbose_name=gettext_lazy("Load"), empty_values=())
    notes = tables.Column(verbose_name=gettext_lazy("Remarks"), empty_values=())

    fixed, optional = ("name",), ("title",)  # a post says as a rule what the role says

    class Meta(Table.Meta):
        model = Staff
        fields = ()
        orderable = False

    def render_filled(self, record: Any) -> SafeString | str:
        if record.capacity is None:
            return "—"
        tone = "over" if record.load > record.capacity else "near" if record.load > 0.9 * record.capacity else "met"
        return bar(min(record.load, record.capacity), record.capacity or 1, tone)

    def render_notes(self, record: Any) -> SafeString:
        parts = []
        if not record.is_active:
            parts.append(format_html('<span class="flag over">{}</span>', _("left")))
        if record.capacity is not None and record.load > record.capacity:
            parts.append(format_html('<span class="flag over">{}</span>', _("%(n)d too many") % {"n": -record.spare}))
        if record.away:
            cover = record.away.cover
            words = _("away, %(name)s acts") % {"name": cover.name} if cover else _("away, nobody acts")
            parts.append(format_html('<span class="flag {}">{}</span>', "near" if cover else "over", words))
        return SafeString(" ".join(parts))

    def value_notes(self, record: Any) -> str:
        return _("left") if not record.is_active else ""


class Stat(NamedTuple):
    """A number above the list, and the list behind it."""

    label: str
    number: int
    unit: str
    tone: str
    url: str


class LoadList(ListView):
    """管户负荷: who owns how many customers, with how much, against the capacity of the role."""

    permission = permissions.VIEW
    key = "care-load"
    title = gettext_lazy("Load of people")
    unit = pgettext_lazy("measure word for people", "people")
    all_label = gettext_lazy("With customers")
    table_class = LoadTable
    filterset_class = LoadFilter
    default_sort = "-load"
    template_name = "care/ownership/load.html"
    preset_views = (
        PresetView(gettext_lazy("Over capacity"), "over=true"),
        PresetView(gettext_lazy("Without customers"), "empty=true"),
    )

    def get_queryset(self) -> "QuerySet[Any]":
        people = loaded(Staff.objects.visible_to(acting(self.request)))
        if self.request.GET.get("empty") == "true":
            return people.filter(is_active=True)
        return people.filter(load__gt=0)

    def row_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return loaded(queryset.select_related("branch", "role"))

    def decorate(self, rows: list[Any]) -> list[Any]:
        away = CoverPeriod.objects.on(clock.today()).filter(staff__in=[row.pk for row in rows]).select_related("cover")
        covers = {one.staff_id: one for one in away}
        for row in rows:
            row.away = covers.get(row.pk)
        return rows

    def row_url(self, record: Any) -> str:
        return f"{reverse('care:person', args=[record.pk])}"

    def stats(self) -> list["Stat"]:
        """What waits, each number as long as the list behind it."""
        staff = acting(self.request)
        people = loaded(Staff.objects.visible_to(staff)).filter(load__gt=0)
        here, persons = reverse("care:load"), pgettext("measure word for people", "people")
        handed = HandOver.objects.visible_to(staff).filter(state__in=[HandOverState.ASKED, HandOverState.OFFERED])
        referred = Referral.objects.visible_to(staff).filter(state__in=[ReferralState.OFFERED, ReferralState.ACCEPTED])
        found = [
            Stat(_("Have left, and still own customers"), people.filter(is_active=False).count(), persons, "over",
                 f"{here}?left=true"),
            Stat(_("People over capacity"), people.filter(load__gt=F("capacity")).count(), persons, "over",
                 f"{here}?over=true"),
            Stat(_("Hand-overs waiting"), handed.count(), pgettext("measure word for cases", "cases"), "near",
                 f"{reverse('care:hand-overs')}?state=asked&state=offered"),
            Stat(_("Referrals open"), referred.count(), pgettext("measure word for cases", "cases"), "near",
                 f"{reverse('care:referrals')}?state=offered&state=accepted"),
        ]  # fmt: skip
        if staff.can(COMPLIANCE):
            number = missing_counts(staff, clock.today())[Missing.OWNER]
            words = pgettext("measure word for customers", "customers")
            url = f"{reverse('care:orphans')}?missing={Missing.OWNER}"
            found.insert(0, Stat(_("Need an owner by name"), number, words, "over", url))
        return found

    def empty_state(self) -> EmptyState:
        return EmptyState(_("Nobody of your scope owns customers yet"), _("Assign them from the pool."), "scale")


class Person(PermissionMixin):
    """One person's customers by tier, with the ways to hand over or release them."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponseRedirect | HttpResponse:
        actor = acting(request)
        member = get_object_or_404(loaded(Staff.objects.visible_to(actor) | Staff.objects.filter(pk=actor.pk)), pk=pk)
        context = {
            "member": member,
            "may_release": permissions.can_assign(actor) and permissions.manages(actor, member),
            "may_vouch": permissions.can_vouch(actor, member),
            "skills": skills_of(member),
            "covers": CoverPeriod.objects.filter(staff=member).select_related("cover").order_by("-days")[:5],
            "customers": add_tiers(
                list(Customer.objects.visible_to(actor).filter(owner=member).select_related("branch")[:15])
            ),
        }
        return render(request, "care/ownership/person.html", context)


class Release(SideForm):
    """人员离任: all customers of somebody get another owner, in one go."""

    permission = permissions.ASSIGN
    heading = gettext_lazy("Release from all customers")
    submit = gettext_lazy("Pass all customers on")
    done = gettext_lazy("All customers have another owner now.")
    note = gettext_lazy("For people who leave or change their post. It takes effect at once, for all of them.")

    def member(self) -> Staff:
        """Whose customers they are."""
        return get_object_or_404(Staff.objects.visible_to(acting(self.request)), pk=self.kwargs["pk"])

    def make_form(self, *data: Any) -> ReleaseForm:
        return ReleaseForm(*data[:1], actor=acting(self.request), member=self.member())

    def carry_out(self, form: Any, **given: Any) -> int:
        return release(member=self.member(), **form.cleaned_data, **given)
