"""The weights of the value matrix: the version in force, earlier ones, a new one; and facts that people feed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from keheng.common import clock
from keheng.customers.enums import CustomerKind
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.tiering.forms.corporate import SIDES, FactsForm, FactsUploadForm, WeightsForm
from keheng.tiering.models import ValueFact, ValueWeights
from keheng.tiering.operations import value as operations
from keheng.tiering.permissions import MAINTAIN, VIEW, check_fact
from keheng.tiering.policies.value import FED, INDICATORS
from keheng.tiering.sheets import Sheet
from keheng.tiering.views.rule_tables import RuleTablePage
from keheng.tiering.views.uploads import PreviewedUpload
from keheng.ui.forms import carry_out
from keheng.ui.views import PermissionMixin

FACT_HEADINGS = {
    "number": ("客户号", "客户编号"),
    "wallet_share": ("钱包份额", "市场份额"),
    "satisfaction": ("满意度", "产品和服务满意程度"),
    "executive_vip": ("高管VIP人数", "高管VIP"),
    "asset_quality": ("资产质量", "五级分类"),
}


class WeightsPage(RuleTablePage):
    """Weights with their sums."""

    model = ValueWeights
    form_class = WeightsForm
    template_name = "tiering/weights.html"
    address = "tiering-weights"

    def save(self, form: Any, actor: Staff) -> ValueWeights:
        return operations.save_weights(table=form.table(), note=form.cleaned_data["note"], actor=actor, at=clock.now())

    def told(self, made: ValueWeights) -> str:
        return _("Version %(n)s is in force from the next computation.") % {"n": made.number}

    def more(self) -> dict[str, Any]:
        return {"sides": [f"{population}.{direction}" for population, direction in SIDES]}


class FactsPage(PermissionMixin):
    """Facts of one company by hand."""

    permission = VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = self._customer(request, pk)
        return self._page(request, customer, FactsForm(today=clock.today()))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = self._customer(request, pk)
        form = FactsForm(request.POST, today=clock.today())
        if form.is_valid():
            given: dict[str, Any] = {
                "values": form.values(),
                "as_of": form.cleaned_data["as_of"],
                "source": form.cleaned_data["source"],
                "actor": acting(request),
                "at": clock.now(),
            }
            if carry_out(form, lambda: operations.record_facts(customer=customer, **given)) is not None:
                messages.success(request, _("The values are kept; the next computation uses them."))
                return redirect("customer", pk=pk)
        return self._page(request, customer, form)

    def _customer(self, request: HttpRequest, pk: int) -> Customer:
        companies = Customer.objects.visible_to(acting(request)).filter(kind=CustomerKind.COMPANY)
        customer = get_object_or_404(companies, pk=pk)
        check_fact(acting(request), customer)
        return customer

    def _page(self, request: HttpRequest, customer: Customer, form: FactsForm) -> HttpResponse:
        known = ValueFact.objects.filter(customer=customer).select_related("entered_by").order_by("-as_of", "indicator")
        context = {
            "customer": customer,
            "form": form,
            "facts": [(INDICATORS[fact.indicator].label, fact) for fact in known[:40] if fact.indicator in INDICATORS],
        }
        return render(request, "tiering/facts.html", context)


class FactsUpload(PreviewedUpload):
    """Facts of many companies by file: looked at first, then kept."""

    permission = MAINTAIN
    headings = FACT_HEADINGS
    template_name = "tiering/facts_upload.html"

    def make_form(self, *data: Any) -> FactsUploadForm:
        return FactsUploadForm(*data, initial={"as_of": f"{clock.today():%Y-%m-%d}"})

    def take_in(self, form: Any, sheet: Sheet, **given: Any) -> operations.Imported:
        return operations.import_facts(rows=sheet.rows, file_name=sheet.name, as_of=form.cleaned_data["as_of"], **given)

    def taken(self, done: operations.Imported) -> None:
        if done.facts:
            messages.success(self.request, _("%(n)s values are kept.") % {"n": f"{done.facts:,}"})

    def context(self) -> dict[str, Any]:
        return {"columns": [(FACT_HEADINGS[code][0], INDICATORS[code]) for code in FED]}
