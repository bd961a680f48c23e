"""Whom pages offer: handlers without a conflict, those who answer for units, what the bank already holds."""

from collections.abc import Sequence

from django.db.models import Count, Q, QuerySet

from keheng.complaints import permissions
from keheng.complaints.models import Complaint
from keheng.complaints.policies.flow import OPEN
from keheng.customers.models import ContactPoint, Customer, Document
from keheng.customers.values.masks import masked_contact, masked_document
from keheng.org.models import Branch, Staff


def holders(permission: str) -> QuerySet[Staff]:
    """Active people whose role holds a permission of complaints."""
    ways = [permission, "complaints.*", "*"]
    people = Staff.objects.people().filter(is_active=True, role__permissions__overlap=ways)
    return people.select_related("role", "branch")


def handlers(complaint: Complaint) -> Sequence[tuple[Staff, int]]:
    """Who could handle a complaint, with how many they have in hand; the nearest branch first."""
    able = [
        person
        for person in holders(permissions.HANDLE)
        if complaint.branch.path.startswith(person.branch.path) and not permissions.has_conflict(person, complaint)
    ]
    loads = dict(
        Complaint.objects.filter(handler__in=able, state__in=sorted(OPEN))
        .order_by()
        .values_list("handler")
        .annotate(Count("pk"))
    )
    found = [(person, loads.get(person.pk, 0)) for person in able]
    return sorted(found, key=lambda pair: (-len(pair[0].branch.path), pair[1], pair[0].name))


def responders(complaint: Complaint) -> list[Staff]:
    """Who could answer for a unit within the complaint's branch, its head first where one is complained about.

    Never whoever is complained about themselves.
    """
    near = holders(permissions.RESPOND).filter(branch__path__startswith=complaint.branch.path)
    found = near.exclude(pk=complaint.about_staff_id or 0).order_by("branch__path", "role__order", "name")
    return sorted(found, key=lambda person: person.branch_id != complaint.about_branch_id)


def carer(complaint: Complaint) -> Staff | None:
    """Who keeps the customer of a complaint: their manager, but not one who is complained about; else who leads there.

    Nobody where the customer is unknown, or nobody near supervises complaints.
    """
    customer = complaint.customer
    if customer is None:
        return None
    owner = customer.owner
    if owner is not None and owner.is_active and owner.pk != complaint.about_staff_id:
        return owner
    found = holders(permissions.SUPERVISE).exclude(pk=complaint.about_staff_id or 0).order_by("role__order", "pk")
    near = [person for person in found if customer.branch.path.startswith(person.branch.path)]
    return max(near, key=lambda person: len(person.branch.path), default=None)


def units(complaint: Complaint) -> QuerySet[Branch]:
    """The units that can be responsible: the complaint's branch and what lies below."""
    return Branch.objects.filter(path__startswith=complaint.branch.path, is_active=True).order_by("path")


def accused(actor: Staff) -> QuerySet[Staff]:
    """The people whom a complaint can be about, as far as the actor sees their branches."""
    return Staff.objects.people().visible_to(actor).filter(is_active=True).select_related("branch").order_by("name")


def held(customer: Customer) -> list[tuple[str, str]]:
    """What the bank already has of a customer, masked: nobody is asked for it again."""
    points = ContactPoint.objects.filter(customer=customer)
    told = [(str(point.get_kind_display()), masked_contact(point)) for point in points]
    if customer.id_number:
        told.insert(0, (str(customer.get_id_kind_display()), masked_document(customer)))
    documents = Document.objects.filter(customer=customer).filter(Q(file__isnull=False) | Q(copies__gt=0))
    return told + [(str(document), str(document.get_kind_display())) for document in documents]
