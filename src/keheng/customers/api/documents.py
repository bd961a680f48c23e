"""Documents and pictures over HTTP. Files come as multipart and leave as downloads."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import File, Form, Query, Schema, UploadedFile
from pydantic import Field

from keheng.api.paging import Page, Paging, page_of
from keheng.common import clock
from keheng.customers import permissions
from keheng.customers.api.archive import Reason, endpoints, visible
from keheng.customers.api.dossier.shapes import Note
from keheng.customers.enums import DocumentKind
from keheng.customers.models import Document
from keheng.customers.operations import documents as operations
from keheng.customers.permissions.documents import REMOVE_DOCUMENTS
from keheng.customers.queries.documents import expiring_for
from keheng.files import responses
from keheng.org.acting import acting

type Copies = Annotated[int, Field(ge=1, le=99)]


class DocumentOut(Schema):
    """A document in its present version; without ``file_kind`` it lies on paper."""

    id: int
    customer_id: int
    kind: DocumentKind
    title: str
    copies: int
    issued_on: date | None
    expires_on: date | None
    note: str
    version: int
    added_at: datetime
    file_kind: str
    file_size: int | None

    @staticmethod
    def resolve_file_kind(document: Document) -> str:
        return document.file.kind if document.file else ""

    @staticmethod
    def resolve_file_size(document: Document) -> int | None:
        return document.file.size if document.file else None


class FactsIn(Schema):
    """What is said of a document."""

    issued_on: date | None = None
    expires_on: date | None = None
    copies: Copies = 1
    note: Note = ""


class DocumentIn(FactsIn):
    kind: DocumentKind
    title: Annotated[str, Field(max_length=80)] = ""


class DocumentChange(Schema):
    """What is left out stays."""

    title: Annotated[str, Field(max_length=80)] | None = None
    issued_on: date | None = None
    expires_on: date | None = None
    copies: Copies | None = None
    note: Note | None = None


class ExpiryQuestion(Schema):
    """Within how many days; those that have expired are included."""

    within: Annotated[int, Field(ge=0, le=3_650)] = 90


@endpoints.get(
    "/documents/expiring", permission=permissions.VIEW, summary=_("Documents expiring"), response=Page[DocumentOut]
)
def expiring(request: HttpRequest, asked: Query[ExpiryQuestion], paging: Query[Paging]) -> dict[str, Any]:
    last = clock.today() + timedelta(days=asked.within)
    found = expiring_for(acting(request)).filter(expires_on__lte=last).select_related("file")
    return page_of(found, paging, order=("expires_on", "pk"), shape=list)


@endpoints.get(
    "/{int:pk}/documents", permission=permissions.VIEW, summary=_("Documents and pictures"), response=list[DocumentOut]
)
def documents(request: HttpRequest, pk: int) -> list[Document]:
    """Refused where the confidentiality level closes the archive to the caller."""
    customer = visible(request, pk)
    permissions.check_see(acting(request), customer, "document")
    return list(Document.objects.filter(customer=customer).select_related("file"))


@endpoints.post(
    "/{int:pk}/documents",
    permission=permissions.EDIT,
    summary=_("Put a document on file"),
    response=DocumentOut,
    status=201,
)
def file_document(
    request: HttpRequest, pk: int, sent: Form[DocumentIn], file: File[UploadedFile | None] = None
) -> Document:
    """Multipart; what is refused comes back with the reason beside the field ``file``."""
    return operations.add_document(
        customer=visible(request, pk),
        kind=sent.kind,
        title=sent.title,
        facts=sent.dict(exclude={"kind", "title"}),
        upload=file,
        actor=acting(request),
        at=clock.now(),
    )


@endpoints.post(
    "/{int:pk}/documents/{int:key}/versions",
    permission=permissions.EDIT,
    summary=_("Put a new version on file"),
    response=DocumentOut,
    status=201,
)
def renew_document(
    request: HttpRequest, pk: int, key: int, sent: Form[FactsIn], file: File[UploadedFile | None] = None
) -> Document:
    given: dict[str, Any] = {"facts": sent.dict(), "actor": acting(request), "at": clock.now()}
    return operations.renew_document(document=_document(request, pk, key), upload=file, **given)


@endpoints.patch(
    "/{int:pk}/documents/{int:key}",
    permission=permissions.EDIT,
    summary=_("Change what is said of a document"),
    response=DocumentOut,
)
def change_document(request: HttpRequest, pk: int, key: int, sent: DocumentChange) -> Document:
    facts = sent.dict(exclude_unset=True)
    document = _document(request, pk, key)
    operations.change_document(document=document, facts=facts, actor=acting(request), at=clock.now())
    return _document(request, pk, key)


@endpoints.post(
    "/{int:pk}/documents/{int:key}/remove",
    permission=REMOVE_DOCUMENTS,
    summary=_("Remove a document"),
    response=list[DocumentOut],
)
def remove_document(request: HttpRequest, pk: int, key: int, sent: Reason) -> list[Document]:
    given: dict[str, Any] = {"reason": sent.reason, "actor": acting(request), "at": clock.now()}
    operations.remove_document(document=_document(request, pk, key), **given)
    return list(Document.objects.filter(customer=visible(request, pk)).select_related("file"))


@endpoints.get(
    "/{int:pk}/documents/{int:key}/file", permission=permissions.REVEAL, summary=_("Open a document"), response=None
)
def open_document(request: HttpRequest, pk: int, key: int, version: int | None = None) -> HttpResponse:
    """The file as a download; every opening stands in the trail."""
    document = _document(request, pk, key)
    given: dict[str, Any] = {"version": version, "actor": acting(request), "at": clock.now()}
    try:
        file = operations.open_document(document=document, **given)
    except LookupError as error:
        raise Http404 from error
    return responses.attachment(file, f"{document.kind}-{document.pk}-v{version or document.version}")


def _document(request: HttpRequest, pk: int, key: int) -> Document:
    found = Document.objects.filter(customer=visible(request, pk)).select_related("customer", "file")
    return get_object_or_404(found, pk=key)
