"""The tab 档案 of the customer page: the four classes of the archive (A1), with what is due for it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keheng.audit.models import Entry
from keheng.common import clock
from keheng.customers import operations, permissions
from keheng.customers.enums import AssessmentChannel, ReviewOutcome, SuggestionState
from keheng.customers.forms.sections import AskForReviewForm, AssessmentForm, CloseReviewForm
from keheng.customers.models import Customer, Review, Suggestion
from keheng.customers.privacy.fields import RISK
from keheng.customers.queries.archive import Disclose, archive_of, origin_of_point
from keheng.customers.queries.reviews import open_reviews_of
from keheng.customers.queries.risk import assessments_of, questionnaire_for, questions_of, risk_of
from keheng.customers.queries.suggestions import open_suggestions_of
from keheng.customers.values.masks import masked_contact
from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.ui.forms import carry_out
from keheng.ui.tabs import card_urls
from keheng.ui.views import PermissionMixin, side_done

PAGE = "customer-archive"
"""Modules add cards to the class 服务分级 of the tab by this page's key (:mod:`keheng.ui.tabs`)."""


class ArchivePart(PermissionMixin):
    """A fragment of the tab. Facts of an archive that is closed to the reader's role are not shown."""

    permission = permissions.VIEW

    def customer(self, pk: int) -> Customer:
        """The customer, if the reader's scope holds them and their level lets the facts be read."""
        customers = Customer.objects.visible_to(acting(self.request)).select_related("branch", "owner")
        customer = get_object_or_404(customers, pk=pk)
        if not permissions.can_see_facts(acting(self.request), customer):
            raise Http404
        return customer

    def context_of(self, customer: Customer) -> dict[str, Any]:
        """What every fragment needs."""
        staff = acting(self.request)
        return {
            "customer": customer,
            "may_edit": permissions.can_edit(staff, customer),
            "refusal": permissions.why_not_reveal(staff, customer),
            "today": clock.today(),
        }


class ArchiveTab(PermissionMixin):
    """The whole tab."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        staff = acting(request)
        customer = get_object_or_404(Customer.objects.visible_to(staff).select_related("branch", "owner"), pk=pk)
        if not permissions.can_see_facts(staff, customer):
            return render(request, "customers/archive/closed.html", {"customer": customer})
        archive = archive_of(customer)
        context = {
            "customer": customer,
            "archive": archive,
            "sections": list(archive.sections(_disclose(staff, customer))),
            "points": _points(archive),
            "suggestions": open_suggestions_of(customer, archive, _disclose(staff, customer)),
            **(_risk(customer) if permissions.can_see(staff, customer, RISK) else {"risk_closed": True}),
            "grade_cards": card_urls(PAGE, request, customer),
            "levels": _levels(customer),
            "may_edit": permissions.can_edit(staff, customer),
            "refusal": permissions.why_not_reveal(staff, customer),
            "today": clock.today(),
        }
        return render(request, "customers/archive/tab.html", context)


class RiskView(ArchivePart):
    """The risk assessment: the standing with its history, or with ``?edit`` the questionnaire."""

    def customer(self, pk: int) -> Customer:
        customer = super().customer(pk)
        permissions.check_see(acting(self.request), customer, RISK)
        return customer

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = self.customer(pk)
        if "edit" not in request.GET:
            return self._shown(customer)
        permissions.check_edit(acting(request), customer)
        return self._form(customer, self._asked(customer, initial={"taken_on": clock.today()}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = self.customer(pk)
        form = self._asked(customer, request.POST)
        if form.is_valid() and carry_out(form, lambda: self._take(customer, form)):
            return side_done(_("The risk assessment has been recorded."))  # the tab and the cards load themselves anew
        return self._form(customer, form)

    def _take(self, customer: Customer, form: AssessmentForm) -> Any:
        return operations.take_assessment(
            customer=customer,
            answers=form.answers(),
            channel=AssessmentChannel(form.cleaned_data["channel"]),
            taken_on=form.cleaned_data["taken_on"],
            actor=acting(self.request),
            at=clock.now(),
        )

    def _asked(self, customer: Customer, *args: Any, **kwargs: Any) -> AssessmentForm:
        questionnaire = questionnaire_for(customer.kind, clock.today())
        if questionnaire is None:
            raise Http404
        english = (get_language() or "").startswith("en")
        return AssessmentForm(*args, definition=questions_of(questionnaire), english=english, **kwargs)

    def _shown(self, customer: Customer) -> HttpResponse:
        return render(self.request, "customers/archive/risk.html", {**self.context_of(customer), **_risk(customer)})

    def _form(self, customer: Customer, form: AssessmentForm) -> HttpResponse:
        return render(self.request, "customers/archive/risk_form.html", {**self.context_of(customer), "form": form})


class DecideSuggestion(PermissionMixin):
    """Takes a suggested value over, or leaves the archive as it is; answers the tab anew."""

    permission = permissions.EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        visible = Customer.objects.visible_to(acting(request))
        suggestion = get_object_or_404(Suggestion, pk=pk, customer__in=visible)
        given: dict[str, Any] = {"suggestion": suggestion, "actor": acting(request), "at": clock.now()}
        try:
            if request.POST.get("decision") == "accept":
                operations.accept_suggestion(**given)
                messages.success(request, _("The suggested value has been taken over."))
            else:
                operations.reject_suggestion(reason=request.POST.get("reason", ""), **given)
                messages.success(request, _("The archive stays as it is."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response


class ReviewsCard(ArchivePart):
    """What is to be updated: the reminder at the counter first; asking for an update, and closing with a result."""

    def customer(self, pk: int) -> Customer:
        return get_object_or_404(Customer.objects.visible_to(acting(self.request)), pk=pk)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = self.customer(pk)
        match request.GET.get("edit", ""):
            case "ask":
                return self._shown(customer, ask=AskForReviewForm())
            case wanted if wanted.isdecimal():
                return self._shown(customer, close=CloseReviewForm(), closing=int(wanted))
        return self._shown(customer)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = self.customer(pk)
        given: dict[str, Any] = {"actor": acting(request), "at": clock.now()}
        if "review" in request.POST:
            review = get_object_or_404(Review, pk=request.POST["review"], customer=customer)
            close = CloseReviewForm(request.POST)
            done = close.is_valid() and carry_out(close, lambda: self._close(review, close, given))
            return self._shown(customer) if done else self._shown(customer, close=close, closing=review.pk)
        ask = AskForReviewForm(request.POST)
        asked = carry_out(ask, lambda: self._ask(customer, ask, given)) if ask.is_valid() else None
        return self._shown(customer) if asked else self._shown(customer, ask=ask)

    def _close(self, review: Review, form: CloseReviewForm, given: dict[str, Any]) -> bool:
        outcome = ReviewOutcome(form.cleaned_data["outcome"])
        operations.close_review(review=review, outcome=outcome, note=form.cleaned_data["note"], **given)
        return True

    def _ask(self, customer: Customer, form: AskForReviewForm, given: dict[str, Any]) -> Review:
        return operations.ask_for_review(customer=customer, **form.cleaned_data, **given)

    def _shown(self, customer: Customer, **forms: Any) -> HttpResponse:
        reviews = open_reviews_of(customer)
        context = {
            **self.context_of(customer),
            "reviews": reviews,
            "at_counter": [row for row in reviews if row.at_counter],
            "suggested": Suggestion.objects.filter(customer=customer, state=SuggestionState.OPEN).count(),
            **forms,
        }
        return render(self.request, "customers/archive/reviews_card.html", context)


def _risk(customer: Customer) -> dict[str, Any]:
    """What the part with the risk assessment needs."""
    today = clock.today()
    return {
        "risk": risk_of(customer, today),
        "assessments": assessments_of(customer),
        "questionnaire": questionnaire_for(customer.kind, today),
    }


def _disclose(staff: Staff, customer: Customer) -> Disclose:
    return lambda code: permissions.disclosure(staff, customer, code)


def _points(archive: Any) -> list[dict[str, Any]]:
    return [
        {
            "point": point,
            "mask": masked_contact(point),
            "field": f"contact.{point.pk}",
            "origin": origin_of_point(point, archive.origins),
        }
        for point in archive.points
    ]


def _levels(customer: Customer) -> list[Entry]:
    """Who set the confidentiality level, when and why; the newest first."""
    entries = Entry.objects.filter(
        target_type=Customer._meta.label_lower, target_id=customer.pk, action="customers.classify"
    )
    return list(entries[:5])
