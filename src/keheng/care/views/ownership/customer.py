"""The owner tab of a customer: who cares for them, since when, whom they chose; forms in the side panel."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keheng.care.enums.ownership import Part, Source
from keheng.care.forms.ownership import ChoiceForm, HandOverForm, PartForm, ReferForm, ToPersonForm
from keheng.care.models import CustomerChoice, Referral
from keheng.care.operations.adopting import adopt
from keheng.care.operations.assigning import assign
from keheng.care.operations.caring import end_part, give_part, record_choice
from keheng.care.operations.handing_over import offer_hand_over
from keheng.care.operations.referring import refer
from keheng.care.permissions import ownership as permissions
from keheng.care.queries.assignment import rules_in_force
from keheng.care.queries.ownership import carers_of, history_of
from keheng.care.queries.people import needs_of
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.customers.views.parts import customer_of
from keheng.org.acting import acting
from keheng.ui.views import PermissionMixin, SideForm

_SHOWN = 60


class OwnersTab(PermissionMixin):
    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer, actor, now = customer_of(request, pk), acting(request), clock.now()
        carers = carers_of(customer, clock.today())
        rule = rules_in_force().rules.rule_for(customer.kind, customer.tier)
        held = next((one.ownership for one in carers if one.ownership.part == Part.OWNER), None)
        chosen = held is not None and held.source == Source.CHOICE
        fits = rule is None or held is None or chosen or held.staff.role.code in rule.owner.roles
        context = {
            "customer": customer,
            "carers": carers,
            "history": history_of(customer, now, _SHOWN),
            "choices": CustomerChoice.objects.filter(customer=customer).select_related("before", "chosen", "support"),
            "referrals": Referral.objects.filter(customer=customer).select_related("giver", "taker")[:5],
            "rule": rule,
            "needs": needs_of(customer),
            "fits": fits,
            "may_care": permissions.can_care_for(actor, customer),
            "may_assign": permissions.can_assign(actor),
            "may_refer": permissions.can_refer(actor, customer),
            "may_hand": customer.owner is not None and permissions.can_hand_over(actor, customer.owner),
            "may_adopt": customer.owner_id is None and actor.can(permissions.ADOPT),
        }
        return render(request, "care/ownership/tab.html", context)


class OwnerSide(SideForm):
    """A form about one customer."""

    permission = permissions.VIEW
    customer: Customer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.customer = customer_of(request, kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)


class AssignOne(OwnerSide):
    permission = permissions.ASSIGN
    heading = submit = gettext_lazy("Assign")
    done = gettext_lazy("The customer has been assigned.")

    def make_form(self, *data: Any) -> ToPersonForm:
        return ToPersonForm(*data[:1], actor=acting(self.request))

    def carry_out(self, form: Any, **given: Any) -> int:
        return assign(customers=Customer.objects.filter(pk=self.customer.pk), **form.cleaned_data, **given)


class HandOverOne(OwnerSide):
    permission = permissions.REFER
    heading = submit = gettext_lazy("Hand over")
    done = gettext_lazy("The hand-over has been offered.")

    def make_form(self, *data: Any) -> HandOverForm:
        return HandOverForm(*data[:1], actor=acting(self.request))

    def carry_out(self, form: Any, **given: Any) -> Any:
        if self.customer.owner is None:
            raise ValidationError(_("Nobody owns this customer; assign the customer instead."))
        chosen = Customer.objects.filter(pk=self.customer.pk)
        return offer_hand_over(customers=chosen, giver=self.customer.owner, **form.cleaned_data, **given)


class ReferOne(OwnerSide):
    permission = permissions.REFER
    heading = submit = gettext_lazy("Refer")
    done = gettext_lazy("The customer has been referred; the other one is told.")

    def make_form(self, *data: Any) -> ReferForm:
        rule = rules_in_force().rules.rule_for(self.customer.kind, self.customer.tier)
        return ReferForm(*data[:1], actor=acting(self.request), prefer=rule.refer_to if rule else ())

    def carry_out(self, form: Any, **given: Any) -> Any:
        return refer(customer=self.customer, **form.cleaned_data, **given)


class GivePart(OwnerSide):
    heading = gettext_lazy("Give a part beside the owner")
    submit = gettext_lazy("Give the part")
    done = gettext_lazy("The part has been given.")

    def make_form(self, *data: Any) -> PartForm:
        return PartForm(*data[:1], actor=acting(self.request), customer=self.customer)

    def carry_out(self, form: Any, **given: Any) -> Any:
        return give_part(customer=self.customer, **form.values(), **given)


class RecordChoice(OwnerSide):
    heading = gettext_lazy("Record whom the customer chose")
    submit = gettext_lazy("Record the choice")
    done = gettext_lazy("The choice has been recorded.")
    note = gettext_lazy("Where the customer chooses somebody else, the income stays credited to the owner before.")

    def make_form(self, *data: Any) -> ChoiceForm:
        return ChoiceForm(*data[:1], actor=acting(self.request), initial={"chosen": self.customer.owner_id})

    def carry_out(self, form: Any, **given: Any) -> Any:
        return record_choice(customer=self.customer, **form.cleaned_data, **given)


class EndPart(PermissionMixin):
    permission = permissions.VIEW

    def post(self, request: HttpRequest, pk: int, part: str) -> HttpResponse:
        customer = customer_of(request, pk)
        try:
            end_part(customer=customer, part=Part(part), actor=acting(request), at=clock.now())
        except (ValidationError, ValueError) as error:
            messages.error(request, str(error))
        return redirect(f"/customers/{customer.pk}/?tab=owners")


class AdoptOne(PermissionMixin):
    permission = permissions.ADOPT

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_of(request, pk)
        try:
            adopt(customer=customer, actor=acting(request), at=clock.now())
            messages.success(request, _("The customer is yours now: make contact soon."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(f"/customers/{customer.pk}/?tab=owners")
