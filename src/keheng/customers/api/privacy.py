"""Consents, requests of data subjects, emergency access and files handed out over HTTP."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query

from keheng.api.endpoints import Endpoints
from keheng.api.paging import Page, Paging, page_of
from keheng.common import clock
from keheng.customers import permissions
from keheng.customers.api.archive import Reason, visible
from keheng.customers.api.shapes.privacy import (
    ActOut,
    AnswerIn,
    AssessmentIn,
    AssessmentOut,
    CaseIn,
    CaseOut,
    CaseQuestion,
    ConsentIn,
    ConsentOut,
    ContactableIn,
    ContactableOut,
    ContactQuestion,
    CopyIn,
    CorrectionIn,
    EmergencyIn,
    EmergencyOut,
    ExportIn,
    FileOut,
    MayContactOut,
    VerdictIn,
)
from keheng.customers.enums import FileForm
from keheng.customers.models import Consent, Customer, EmergencyAccess, Handout, ImpactAssessment, PrivacyCase
from keheng.customers.operations import cases, consent, emergency, handouts
from keheng.customers.permissions import REVIEW_EMERGENCY
from keheng.customers.permissions.privacy import PRIVACY
from keheng.customers.privacy.rendering import MEDIA_TYPES
from keheng.customers.queries.consent import PurposeState, consent_history, consents_of, contactable, may_contact
from keheng.customers.queries.privacy import copies_for, handouts_of
from keheng.files import responses
from keheng.org.acting import acting

endpoints = Endpoints(_("Personal information"))

# -- consent ----------------------------------------------------------------------------------------------------------


@endpoints.get(
    "/customers/{int:pk}/consents", permission=permissions.VIEW, summary=_("Consents"), response=list[ConsentOut]
)
def consents(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    return [_state(state) for state in consents_of(visible(request, pk))]


@endpoints.post(
    "/customers/{int:pk}/consents",
    permission=permissions.VIEW,
    summary=_("Record a consent"),
    response=list[ConsentOut],
)
def record_consent(request: HttpRequest, pk: int, sent: ConsentIn) -> list[dict[str, Any]]:
    """Takes the permission to edit customers, or that of the desk for personal information."""
    found = visible(request, pk)
    consent.record_consent(customer=found, **sent.dict(), actor=acting(request), at=clock.now())
    return [_state(state) for state in consents_of(found)]


@endpoints.get(
    "/customers/{int:pk}/consents/history",
    permission=permissions.VIEW,
    summary=_("History of consents"),
    response=list[ActOut],
)
def history(request: HttpRequest, pk: int) -> list[Consent]:
    """Every act, the newest first."""
    return consent_history(visible(request, pk))


@endpoints.get(
    "/customers/{int:pk}/may-contact",
    permission=permissions.VIEW,
    summary=_("May the customer be contacted?"),
    response=MayContactOut,
)
def may_be_contacted(request: HttpRequest, pk: int, asked: Query[ContactQuestion]) -> dict[str, Any]:
    reason = may_contact(visible(request, pk), asked.purpose, asked.channel, clock.today())
    return {"may": not reason, "reason": reason}


@endpoints.post(
    "/contactable", permission=permissions.VIEW, summary=_("Who may be contacted?"), response=ContactableOut
)
def who_may_be_contacted(request: HttpRequest, sent: ContactableIn) -> dict[str, Any]:
    """One query however many; customers outside the scope are left out."""
    asked = Customer.objects.visible_to(acting(request)).filter(pk__in=sent.customer_ids)
    found = contactable(asked, sent.purpose, sent.channel, clock.today())
    return {"customer_ids": list(found.order_by("pk").values_list("pk", flat=True))}


# -- requests of data subjects ----------------------------------------------------------------------------------------


@endpoints.get("/cases", permission=PRIVACY, summary=_("Privacy requests in scope"), response=Page[CaseOut])
def all_cases(request: HttpRequest, asked: Query[CaseQuestion], paging: Query[Paging]) -> dict[str, Any]:
    """What is due first comes first."""
    wanted = {name: value for name, value in asked.dict().items() if value is not None}
    return page_of(_cases(request).filter(**wanted), paging, order=("due_on", "pk"), shape=list)


@endpoints.post("/cases", permission=PRIVACY, summary=_("Take in a privacy request"), response=CaseOut, status=201)
def open_case(request: HttpRequest, sent: CaseIn) -> PrivacyCase:
    given = {**sent.dict(exclude={"customer_id"}), "actor": acting(request), "at": clock.now()}
    return cases.open_case(customer=visible(request, sent.customer_id), **given)


@endpoints.get("/cases/{int:pk}", permission=PRIVACY, summary=_("One privacy request"), response=CaseOut)
def case(request: HttpRequest, pk: int) -> PrivacyCase:
    return _case(request, pk)


@endpoints.post("/cases/{int:pk}/extend", permission=PRIVACY, summary=_("Extend a privacy request"), response=CaseOut)
def extend(request: HttpRequest, pk: int, sent: Reason) -> PrivacyCase:
    return cases.extend_case(case=_case(request, pk), reason=sent.reason, actor=acting(request), at=clock.now())


@endpoints.post("/cases/{int:pk}/answer", permission=PRIVACY, summary=_("Answer a privacy request"), response=CaseOut)
def answer(request: HttpRequest, pk: int, sent: AnswerIn) -> PrivacyCase:
    return cases.answer_case(case=_case(request, pk), **sent.dict(), actor=acting(request), at=clock.now())


@endpoints.post(
    "/cases/{int:pk}/correct", permission=PRIVACY, summary=_("Correct a value as asked for"), response=CaseOut
)
def correct(request: HttpRequest, pk: int, sent: CorrectionIn) -> PrivacyCase:
    return cases.correct(case=_case(request, pk), **sent.dict(), actor=acting(request), at=clock.now())


@endpoints.post(
    "/cases/{int:pk}/erase", permission=PRIVACY, summary=_("Make the customer anonymous as asked for"), response=CaseOut
)
def erase(request: HttpRequest, pk: int) -> PrivacyCase:
    """Refused, with the rule, as long as a duty to keep stands against it."""
    return cases.erase_subject(case=_case(request, pk), actor=acting(request), at=clock.now())


@endpoints.post(
    "/cases/{int:pk}/refuse-automated",
    permission=PRIVACY,
    summary=_("Record that automated decisions are refused"),
    response=CaseOut,
)
def refuse_automated(request: HttpRequest, pk: int) -> PrivacyCase:
    return cases.refuse_automated(case=_case(request, pk), actor=acting(request), at=clock.now())


@endpoints.post(
    "/customers/{int:pk}/allow-automated",
    permission=PRIVACY,
    summary=_("Allow automated decisions again"),
    response=None,
    status=204,
)
def allow_automated(request: HttpRequest, pk: int, sent: Reason) -> None:
    """As the customer wishes; ``reason`` says how that was made known."""
    found = visible(request, pk)
    cases.allow_automated(customer=found, reason=sent.reason, actor=acting(request), at=clock.now())


@endpoints.post(
    "/cases/{int:pk}/copies", permission=PRIVACY, summary=_("Make a copy for a data subject"), response=FileOut,
    status=201,
)  # fmt: skip
def give_copy(request: HttpRequest, pk: int, sent: CopyIn) -> Handout:
    """The worker makes it; ``/files`` tells when it can be fetched."""
    return cases.give_copy(case=_case(request, pk), form=sent.form, actor=acting(request), at=clock.now())


@endpoints.get(
    "/cases/{int:pk}/copies", permission=PRIVACY, summary=_("Copies made for a request"), response=list[FileOut]
)
def copies(request: HttpRequest, pk: int) -> list[Handout]:
    return copies_for(_case(request, pk))


@endpoints.get(
    "/assessments", permission=PRIVACY, summary=_("Register of impact assessments"), response=Page[AssessmentOut]
)
def assessments(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:  # noqa: ARG001  # they concern nobody
    """The newest first."""
    return page_of(ImpactAssessment.objects.all(), paging, order=("-assessed_on", "-pk"), shape=list)


@endpoints.post(
    "/assessments",
    permission=PRIVACY,
    summary=_("Register an impact assessment"),
    response=AssessmentOut,
    status=201,
)
def assess_impact(request: HttpRequest, sent: AssessmentIn) -> ImpactAssessment:
    return cases.assess_impact(**sent.dict(), actor=acting(request), at=clock.now())


# -- files ------------------------------------------------------------------------------------------------------------


@endpoints.get("/files", permission=permissions.VIEW, summary=_("Files handed out"), response=Page[FileOut])
def files(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """The caller's own, the newest first; with the trail in one's charge, everybody's."""
    return page_of(handouts_of(acting(request)), paging, order=("-requested_at", "-pk"), shape=list)


@endpoints.post("/files", permission=permissions.EXPORT, summary=_("Ask for an export"), response=FileOut, status=201)
def ask_export(request: HttpRequest, sent: ExportIn) -> Handout:
    """Many rows, or whole values, wait for a second person's approval."""
    return handouts.ask_export(**sent.dict(), actor=acting(request), at=clock.now())


@endpoints.get("/files/{int:pk}", permission=permissions.VIEW, summary=_("One file"), response=FileOut)
def file(request: HttpRequest, pk: int) -> Handout:
    return get_object_or_404(handouts_of(acting(request)), pk=pk)


@endpoints.post("/files/{int:pk}/fetch", permission=permissions.VIEW, summary=_("Fetch a file"), response=None)
def fetch(request: HttpRequest, pk: int) -> HttpResponse:
    """The file itself, to its requester alone; by POST, for every fetching is recorded."""
    found = get_object_or_404(handouts_of(acting(request)), pk=pk)
    content = handouts.fetch(handout=found, actor=acting(request), at=clock.now())
    return responses.download(content, MEDIA_TYPES[FileForm(found.form)], found.file_name)


# -- emergency access -------------------------------------------------------------------------------------------------


@endpoints.post(
    "/emergency",
    permission=permissions.EMERGENCY,
    summary=_("Open an archive in an emergency"),
    response=EmergencyOut,
    status=201,
)
def open_in_emergency(request: HttpRequest, sent: EmergencyIn) -> EmergencyAccess:
    """Owner and reviewers are told at once. Nothing is guessed: the number must fit exactly one customer."""
    return emergency.open_by_number(**sent.dict(), actor=acting(request), at=clock.now())


@endpoints.post(
    "/emergency/{int:pk}/end",
    permission=permissions.VIEW,
    summary=_("End an emergency access"),
    response=EmergencyOut,
)
def end_emergency(request: HttpRequest, pk: int) -> EmergencyAccess:
    found = get_object_or_404(EmergencyAccess.objects.visible_to(acting(request)), pk=pk)
    return emergency.end_emergency(access=found, actor=acting(request), at=clock.now())


@endpoints.get("/emergency", permission=REVIEW_EMERGENCY, summary=_("Emergency accesses"), response=Page[EmergencyOut])
def emergencies(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """The newest first; without a verdict: still to be reviewed."""
    return page_of(EmergencyAccess.objects.visible_to(acting(request)), paging, order=("-opened_at", "-pk"), shape=list)


@endpoints.post(
    "/emergency/{int:pk}/review",
    permission=REVIEW_EMERGENCY,
    summary=_("Review an emergency access"),
    response=EmergencyOut,
)
def review_emergency(request: HttpRequest, pk: int, sent: VerdictIn) -> EmergencyAccess:
    found = get_object_or_404(EmergencyAccess.objects.visible_to(acting(request)), pk=pk)
    return emergency.review_emergency(access=found, **sent.dict(), actor=acting(request), at=clock.now())


def _state(state: PurposeState) -> dict[str, Any]:
    return {
        "purpose": state.purpose.code,
        "name": state.purpose.name,
        "basis": state.purpose.basis,
        "channels": state.consent.channels if state.consent else [],
        "given_at": state.consent.given_at if state.consent else None,
        "outdated": state.outdated,
    }


def _cases(request: HttpRequest) -> "QuerySet[PrivacyCase]":
    return PrivacyCase.objects.visible_to(acting(request))


def _case(request: HttpRequest, pk: int) -> PrivacyCase:
    return get_object_or_404(_cases(request), pk=pk)
