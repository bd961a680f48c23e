"""The customer 360."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from keheng.common import clock
from keheng.customers.archive.history import Change, all_changes, disclosed
from keheng.customers.archive.marks import marks_of
from keheng.customers.models import Customer
from keheng.customers.operations import UnknownFieldError, reveal
from keheng.customers.permissions import can_edit, can_see, can_see_facts, why_not_reveal
from keheng.customers.privacy.fields import RISK
from keheng.customers.queries.documents import newest_photo
from keheng.customers.queries.risk import Standing, risk_of
from keheng.desk.flags import flags
from keheng.desk.queries import customer as parts
from keheng.desk.queries.changes import ratio
from keheng.desk.queries.rows import add_tiers
from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.portfolio.models import Account, CurrentFigures
from keheng.portfolio.operations import reveal as reveal_account
from keheng.portfolio.permissions import why_not_reveal as why_not_reveal_account
from keheng.tiering.queries.schemes import tiers_by_kind
from keheng.tiering.queries.standings import trend_of
from keheng.ui.reveal import RevealView
from keheng.ui.timeline import TimelineEntry, sources_for, timeline
from keheng.ui.views import DetailView, PermissionMixin

PAGE = "customer"
_PART = 20


def visible_customer(request: HttpRequest, pk: int) -> Customer:
    """The customer, if the reader's scope lets them see it; else the page is not found."""
    customers = Customer.objects.visible_to(acting(request)).select_related("branch", "owner", "company")
    return get_object_or_404(customers, pk=pk)


class CustomerPage(DetailView):
    """Head strip, facts, tabs, and the cards that say why and what next."""

    permission = "customers.view"
    page = PAGE
    template_name = "desk/customer.html"
    context_object_name = "customer"

    def get_queryset(self) -> QuerySet[Customer]:
        whole = Customer.objects.visible_to(acting(self.request)).defer(None)  # its number is shown, as a mask
        figures = CurrentFigures.objects.filter(customer_id=OuterRef("pk"))
        return whole.select_related("branch", "owner", "company").annotate(
            revenue=Subquery(figures.values("revenue")),
            product_count=Subquery(figures.values("product_count")),
            photo=newest_photo(),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        customer, staff, today = self.object, acting(self.request), clock.today()
        tiers, month_ends = tiers_by_kind(), parts.month_end_rows(customer, today)
        add_tiers([customer], tiers)
        return super().get_context_data(
            **facts_of(staff, customer, today),
            change=ratio(customer.aum, parts.aum_before(month_ends, today)),
            trend=trend_of(customer, limit=6, labels=tiers.get(customer.kind, {})),
            assets=parts.assets_chart(month_ends),
            risk=risk_shown(staff, customer, today),
            photo=customer.photo if can_see(staff, customer, "photo") else None,
            flags=flags(marks_of([customer], staff, today, in_lists=True)[customer.pk]),
            **kwargs,
        )


def facts_of(staff: Staff, customer: Customer, today: date) -> dict[str, Any]:
    """What the card with the facts needs."""
    return {
        "age": parts.age_on(customer.birth_date, today),
        "personal": parts.personal_values(customer, staff),
        "refusal": why_not_reveal(staff, customer),
        "may_edit": can_edit(staff, customer),
        "sees_facts": can_see_facts(staff, customer),
    }


def risk_shown(staff: Staff, customer: Customer, today: date) -> Standing | None:
    """The risk assessment, as far as the reader may know of it."""
    return risk_of(customer, today) if can_see(staff, customer, RISK) else None


class CustomerPart(PermissionMixin):
    """A fragment of the customer page, loaded when its tab is opened."""

    template_name: ClassVar[str]

    def context(self, customer: Customer) -> dict[str, Any]:
        """What the fragment shows."""
        raise NotImplementedError

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = visible_customer(request, pk)
        return render(request, self.template_name, {"customer": customer, **self.context(customer)})


class TimelineTab(CustomerPart):
    """What happened, told by every module; ``?before=`` gives the part before an instant."""

    permission = "customers.view"

    @property
    def template_name(self) -> str:  # type: ignore[override]
        return "ui/timeline.html#part" if "before" in self.request.GET else "desk/customer_timeline.html"

    def context(self, customer: Customer) -> dict[str, Any]:
        only, before = self.request.GET.get("only", ""), _before(self.request)
        entries = timeline(PAGE, self.request, customer, before=before, limit=_PART, only=only)
        return {
            "entries": entries,
            "sources": sources_for(PAGE, self.request),
            "only": only,
            "more_url": _earlier(self.request, entries, only=only),
        }


class ChangesTab(CustomerPart):
    """Who changed what when, from → to, masked; ``?before=`` gives the part before an instant."""

    permission = "customers.view"

    @property
    def template_name(self) -> str:  # type: ignore[override]
        return "desk/customer_changes.html#part" if "before" in self.request.GET else "desk/customer_changes.html"

    def context(self, customer: Customer) -> dict[str, Any]:
        reader = acting(self.request)
        if not can_see_facts(reader, customer):
            return {"closed": True}
        found = all_changes(customer, before=_before(self.request), limit=_PART)
        return {"changes": disclosed(found, customer, reader), "more_url": _earlier(self.request, found)}


def _before(request: HttpRequest) -> datetime:
    """The instant that ``?before=`` names; without it, or where it is none, now."""
    try:
        given = datetime.fromisoformat(request.GET.get("before", ""))
    except ValueError:
        return clock.now()
    return given if given.tzinfo else given.replace(tzinfo=clock.SHANGHAI)


def _earlier(request: HttpRequest, shown: Sequence[TimelineEntry | Change], **given: str) -> str:
    """Where the part before what is shown is; empty when all is shown."""
    if len(shown) < _PART:
        return ""
    return f"{request.path}?{urlencode({'before': shown[-1].at.isoformat(), **given})}"


class FactsCard(CustomerPart):
    """What people copy of the archive, loaded anew once it has been edited."""

    permission = "customers.view"
    template_name = "desk/customer_facts.html"

    def context(self, customer: Customer) -> dict[str, Any]:
        return facts_of(acting(self.request), customer, clock.today())


class RiskFigure(CustomerPart):
    """The risk grade of the head strip with its flag, loaded anew once an assessment has been taken."""

    permission = "customers.view"
    template_name = "desk/customer_risk.html"

    def context(self, customer: Customer) -> dict[str, Any]:
        return {"risk": risk_shown(acting(self.request), customer, clock.today()), "renewed": True}


class LaterFlags(CustomerPart):
    """The flags of the head strip that ask the database anew: what other modules know of the customer."""

    permission = "customers.view"
    template_name = "desk/customer_flags.html"

    def context(self, customer: Customer) -> dict[str, Any]:
        found = marks_of([customer], acting(self.request), clock.today(), in_lists=False)
        return {"flags": flags(found[customer.pk])}


class NextCard(CustomerPart):
    """What is due with the customer."""

    permission = "portfolio.view"
    template_name = "desk/customer_next.html"

    def context(self, customer: Customer) -> dict[str, Any]:
        today = clock.today()
        return {"maturing": parts.maturing_of(customer, today), "today": today}


class AssetsTab(CustomerPart):
    permission = "portfolio.view"
    template_name = "desk/customer_assets.html"

    def context(self, customer: Customer) -> dict[str, Any]:
        return {
            "figures": CurrentFigures.objects.filter(customer=customer).first(),
            "holdings": parts.holdings_of(customer),
            "accounts": parts.accounts_of(customer, acting(self.request)),
            "activity": parts.activity_of(customer),
            "refusal": why_not_reveal_account(acting(self.request), customer),
            "today": clock.today(),
        }


class CustomerReveal(RevealView):
    """Shows a masked value of the customer whole; the operation decides and records."""

    permission = "customers.view"

    def subject(self) -> str:
        return f"customer:{self.kwargs['pk']}"

    def reveal(self, field: str, reason: str) -> str:
        customer = visible_customer(self.request, self.kwargs["pk"])
        given: Any = {"actor": acting(self.request), "reason": reason, "at": clock.now()}
        kind, _, key = field.partition(".")
        if kind == "account" and key.isdecimal():
            account = get_object_or_404(Account.objects.select_related("customer"), pk=key, customer=customer)
            return reveal_account(account=account, **given)
        try:
            return reveal(customer=customer, field=field, **given)
        except UnknownFieldError as error:
            raise Http404 from error
