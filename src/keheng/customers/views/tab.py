"""The tab 档案 of the customer page: the four classes of the archive (A1), each section edited where it stands."""

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
from keheng.customers.archive.catalogue import Section, sections_for
from keheng.customers.enums import AssessmentChannel, ReviewOutcome, Source, SuggestionState
from keheng.customers.forms.sections import (
    AskForReviewForm,
    AssessmentForm,
    CloseReviewForm,
    ContactForm,
    RemoveContactForm,
    SectionForm,
)
from keheng.customers.models import ContactPoint, Customer, Review, Suggestion
from keheng.customers.operations import EditConflictError
from keheng.customers.queries.archive import Disclose, archive_of, origin_of_point
from keheng.customers.queries.reviews import open_reviews_of
from keheng.customers.queries.risk import assessments_of, questionnaire_for, questions_of, risk_of
from keheng.customers.queries.suggestions import open_suggestions_of
from keheng.customers.values.masks import masked_contact
from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.ui.forms import carry_out
from keheng.ui.tabs import card_urls
from keheng.ui.views import PermissionMixin

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
            "risk": risk_of(customer, clock.today()),
            "assessments": assessments_of(customer),
            "questionnaire": questionnaire_for(customer.kind, clock.today()),
            "grade_cards": card_urls(PAGE, request, customer),
            "levels": _levels(customer),
            "may_edit": permissions.can_edit(staff, customer),
            "refusal": permissions.why_not_reveal(staff, customer),
            "today": clock.today(),
        }
        return render(request, "customers/archive/tab.html", context)


class SectionView(ArchivePart):
    """One section: shown, or with ``?edit`` as a form in its place."""

    def get(self, request: HttpRequest, pk: int, section: str) -> HttpResponse:
        customer = self.customer(pk)
        known = _section(customer, section)
        if "edit" not in request.GET:
            return self._shown(customer, known)
        permissions.check_edit(acting(request), customer)
        source = usual_source(acting(request), customer)
        return self._form(customer, known, self._asked(customer, section, source=source))

    def post(self, request: HttpRequest, pk: int, section: str) -> HttpResponse:
        customer = self.customer(pk)
        known = _section(customer, section)
        form = self._asked(customer, section, request.POST)
        if form.is_valid():
            try:
                if carry_out(form, lambda: self._save(customer, form)):
                    return self._shown(self.customer(pk), known)
            except EditConflictError as conflict:
                form.contest(conflict.differences, conflict.present)
        return self._form(customer, known, form)

    def _asked(self, customer: Customer, section: str, *args: Any, **kwargs: Any) -> SectionForm:
        """The form of a section, without what the rules keep from the editor."""
        archive = archive_of(customer)
        shown = archive.of_section(section, _disclose(acting(self.request), customer))
        return SectionForm(*args, archive=archive, fields=[row.field for row in shown if row.is_editable], **kwargs)

    def _save(self, customer: Customer, form: SectionForm) -> bool:
        operations.change_customer(
            customer=customer,
            facts=form.facts(),
            source=Source(form.cleaned_data["source"]),
            seen=form.cleaned_data["seen"],
            actor=acting(self.request),
            at=clock.now(),
        )
        return True

    def _shown(self, customer: Customer, section: Section) -> HttpResponse:
        fields = archive_of(customer).of_section(section.code, _disclose(acting(self.request), customer))
        context = {**self.context_of(customer), "section": section, "fields": fields}
        return render(self.request, "customers/archive/section.html", context)

    def _form(self, customer: Customer, section: Section, form: SectionForm) -> HttpResponse:
        context = {**self.context_of(customer), "section": section, "form": form}
        return render(self.request, "customers/archive/section_form.html", context)


class ContactsView(ArchivePart):
    """The contact points; with ``?edit`` a form for one of them, ``?edit=new`` for another."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = self.customer(pk)
        wanted = request.GET.get("edit", "")
        if not wanted:
            return self._shown(customer)
        permissions.check_edit(acting(request), customer)
        point = _point(customer, wanted)
        return self._form(customer, ContactForm(point=point, source=usual_source(acting(request), customer)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = self.customer(pk)
        point = _point(customer, request.POST.get("point", "new"))
        given: dict[str, Any] = {"actor": acting(request), "at": clock.now()}
        if "remove" in request.POST and point:
            reason = RemoveContactForm(request.POST)
            if reason.is_valid():
                operations.remove_contact_point(point=point, reason=reason.cleaned_data["reason"], **given)
                return self._shown(customer)
            return self._form(customer, ContactForm(point=point, source=usual_source(given["actor"], customer)), reason)
        form = ContactForm(request.POST, point=point, source=Source.MANAGER)
        if form.is_valid():
            try:
                operations.set_contact_point(customer=customer, **form.values(), **given)
            except ValidationError as error:
                form.add_error("value", error.messages)
            else:
                return self._shown(customer)
        return self._form(customer, form)

    def _shown(self, customer: Customer) -> HttpResponse:
        context = {**self.context_of(customer), "points": _points(archive_of(customer))}
        return render(self.request, "customers/archive/contacts.html", context)

    def _form(self, customer: Customer, form: ContactForm, removal: RemoveContactForm | None = None) -> HttpResponse:
        context = {**self.context_of(customer), "form": form, "removal": removal or RemoveContactForm()}
        return render(self.request, "customers/archive/contact_form.html", context)


class RiskView(ArchivePart):
    """The risk assessment: the standing with its history, or with ``?edit`` the questionnaire."""

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
            return self._shown(customer)
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
        context = {
            **self.context_of(customer),
            "risk": risk_of(customer, clock.today()),
            "assessments": assessments_of(customer),
            "questionnaire": questionnaire_for(customer.kind, clock.today()),
        }
        return render(self.request, "customers/archive/risk.html", context)

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


def _disclose(staff: Staff, customer: Customer) -> Disclose:
    return lambda code: permissions.disclosure(staff, customer, code)


def usual_source(staff: Staff, customer: Customer) -> Source:
    """Who most likely told the value: whoever answers for customers heard it as manager, all others at the counter."""
    manages = customer.owner_id == staff.pk or permissions.can_assign(staff)
    return Source.MANAGER if manages else Source.COUNTER


def _section(customer: Customer, code: str) -> Section:
    known = next((section for section in sections_for(customer.kind) if section.code == code), None)
    if known is None:
        raise Http404
    return known


def _point(customer: Customer, wanted: str) -> ContactPoint | None:
    """The contact point with this key; ``None`` for a new one."""
    return get_object_or_404(customer.contact_points, pk=wanted) if wanted.isdecimal() else None


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
