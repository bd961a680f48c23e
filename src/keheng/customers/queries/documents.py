"""Documents of one customer, and those that expire."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from keheng.customers import permissions
from keheng.customers.archive.rulebook import document_rules
from keheng.customers.enums import DocumentKind
from keheng.customers.models import Customer, Document, DocumentVersion
from keheng.org.models import Staff


@dataclass(frozen=True)
class Filed:
    """A document with the days until it expires (negative: ago) and the tone of its mark."""

    document: Document
    days: int | None
    tone: str


def documents_of(customer: Customer, today: date) -> list[Filed]:
    """The documents of a customer with their earlier versions, in the order of the kinds; two queries."""
    versions = DocumentVersion.objects.select_related("file", "added_by")
    documents = (
        Document.objects.filter(customer=customer)
        .exclude(kind__in=document_rules().pictures)
        .select_related("file", "added_by")
        .prefetch_related(Prefetch("versions", versions))
    )
    order = {kind: place for place, kind in enumerate(DocumentKind.values)}
    return [filed(document, today) for document in sorted(documents, key=lambda one: order[one.kind])]


def pictures_of(customer: Customer) -> list[Document]:
    """Photo and shop pictures of a customer; one query."""
    pictures = Document.objects.filter(customer=customer, kind__in=document_rules().pictures)
    return list(pictures.select_related("file", "added_by").order_by("kind", "-added_at", "-pk"))


def newest_photo() -> Subquery:
    """For a query of customers: the key of each one's newest photo, if there is one."""
    photos = Document.objects.filter(customer_id=OuterRef("pk"), kind=DocumentKind.PHOTO)
    return Subquery(photos.order_by("-added_at", "-pk").values("pk")[:1])


def expiring_for(reader: Staff) -> "QuerySet[Document]":
    """Documents with an expiry, of all customers that the reader sees."""
    readable = Customer.objects.visible_to(reader).filter(permissions.shown_to(reader, "document")).order_by()
    return Document.objects.filter(expires_on__isnull=False, customer__in=readable)


def filed(document: Document, today: date) -> Filed:
    """How a document stands: overdue within no day, near within the longest band of the rule."""
    if document.expires_on is None:
        return Filed(document, None, "")
    days = (document.expires_on - today).days
    return Filed(document, days, "over" if days < 0 else "near" if days <= max(document_rules().bands) else "")


def expires_within(days: int, today: date) -> date:
    """The last day of a band."""
    return today + timedelta(days=days)
