"""The desk for personal information: what is due, who refuses automated decisions."""

from django.db.models import Exists, OuterRef, QuerySet

from keheng.audit.models import Entry
from keheng.customers.enums import CaseKind, CaseState
from keheng.customers.models import AutomatedRefusal, Customer, EmergencyAccess, Handout, PrivacyCase
from keheng.org.models import Staff


def refuses_automated(customer: Customer) -> bool:
    """Does the customer refuse decisions by automated means? Whoever decides so asks first (PIPL 24)."""
    return AutomatedRefusal.objects.filter(customer=customer).exists()


def refusal_of(customer: Customer) -> AutomatedRefusal | None:
    """The refusal of automated decisions that stands, with the request that brought it."""
    return AutomatedRefusal.objects.filter(customer=customer).select_related("case").first()


def taken_back(case: PrivacyCase) -> Entry | None:
    """The act by which the refusal that this request brought was taken back, from the trail; none while it stands."""
    if case.kind != CaseKind.AUTOMATED or case.state != CaseState.GRANTED:
        return None
    acts = Entry.objects.filter(target_type=Customer._meta.label_lower, target_id=case.customer_id)
    return acts.filter(action="customers.allow_automated", at__gte=case.answered_at).order_by("at", "pk").first()


def without_automated_refusal(customers: "QuerySet[Customer]") -> "QuerySet[Customer]":
    """Those of ``customers`` about whom may be decided by automated means."""
    return customers.exclude(Exists(AutomatedRefusal.objects.filter(customer=OuterRef("pk"))))


def cases_of(customer: Customer) -> list[PrivacyCase]:
    """The requests of a customer, the newest first."""
    return list(PrivacyCase.objects.filter(customer=customer).select_related("actor").order_by("-received_at"))


def handouts_of(staff: Staff) -> "QuerySet[Handout]":
    """One's own files; with the trail in one's charge, everybody's (not their contents)."""
    return Handout.objects.all() if staff.can("audit.view") else Handout.objects.filter(requester=staff)


def copies_for(case: PrivacyCase) -> list[Handout]:
    """The copies made for a case, the newest first."""
    return list(Handout.objects.filter(case=case).select_related("requester").order_by("-pk"))


def open_access(actor: Staff, customer: Customer) -> EmergencyAccess | None:
    """The emergency access by which this archive is open to the actor right now."""
    return EmergencyAccess.objects.open().filter(actor=actor, customer=customer).first()
