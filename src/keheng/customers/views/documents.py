"""Documents and pictures: a tab, forms in the side panel, downloads."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keheng.common import clock
from keheng.customers import permissions
from keheng.customers.archive.rulebook import document_rules
from keheng.customers.enums import DocumentKind
from keheng.customers.forms import documents as forms
from keheng.customers.forms.dossier import RemoveForm
from keheng.customers.models import Customer, Document
from keheng.customers.operations.documents import (
    add_document,
    change_document,
    open_document,
    remove_document,
    renew_document,
)
from keheng.customers.permissions.documents import can_remove_document, check_remove_document, why_not_open_document
from keheng.customers.queries.documents import documents_of, pictures_of
from keheng.customers.views.parts import ArchiveSide, ArchiveTab, customer_of
from keheng.files import responses
from keheng.org.acting import acting
from keheng.ui.views import PermissionMixin


class DocumentsTab(ArchiveTab):
    template_name = "customers/documents.html"
    field = "document"

    def context(self, customer: Customer) -> dict[str, Any]:
        reader = acting(self.request)
        return {
            "documents": documents_of(customer, clock.today()),
            "pictures": pictures_of(customer),
            "may_remove": can_remove_document(reader, customer),
            "closed": why_not_open_document(reader, customer),
        }


class AddDocument(ArchiveSide):
    heading = _("Add a document")
    submit = _("Put on file")
    done = _("The document is on file.")
    takes_file = True

    def make_form(self, *data: Any) -> forms.AddDocumentForm:
        return forms.AddDocumentForm(*data, customer=self.customer)

    def carry_out(self, form: Any, **given: Any) -> Document:
        values = form.cleaned_data
        return add_document(
            customer=self.customer,
            kind=DocumentKind(values["kind"]),
            title=values["title"],
            facts=form.facts(),
            upload=values["file"],
            **given,
        )


class AddPicture(ArchiveSide):
    heading = _("Add a picture")
    submit = _("Put on file")
    done = _("The picture is on file.")
    note = _("Shown is a small copy without the place and the device that took it.")
    takes_file = True

    def make_form(self, *data: Any) -> forms.AddPictureForm:
        return forms.AddPictureForm(*data, customer=self.customer)

    def carry_out(self, form: Any, **given: Any) -> Document:
        return add_document(customer=self.customer, **form.values(), **given)


class DocumentSide(ArchiveSide):
    """A form about one document of the customer."""

    document: Document

    def prepare(self) -> None:
        documents = Document.objects.filter(customer=self.customer).select_related("customer", "file")
        self.document = get_object_or_404(documents, pk=self.kwargs["entry"])


class RenewDocument(DocumentSide):
    submit = _("Put the new version on file")
    done = _("The new version is on file; the former one is kept.")
    takes_file = True

    @property
    def heading(self) -> str:  # type: ignore[override]
        return gettext("New version of “%(document)s”") % {"document": self.document}

    def make_form(self, *data: Any) -> forms.RenewDocumentForm:
        return forms.RenewDocumentForm(*data, document=self.document)

    def carry_out(self, form: Any, **given: Any) -> Document:
        return renew_document(document=self.document, facts=form.facts(), upload=form.cleaned_data["file"], **given)


class ChangeDocument(DocumentSide):
    heading = _("Change what is said of the document")
    submit = _("Save")
    done = _("The document has been saved.")

    def make_form(self, *data: Any) -> forms.ChangeDocumentForm:
        return forms.ChangeDocumentForm(*data, document=self.document)

    def carry_out(self, form: Any, **given: Any) -> None:
        change_document(document=self.document, facts=form.facts(), **given)


class RemoveDocument(DocumentSide):
    submit = _("Remove")
    done = _("The document and its files have been deleted.")
    note = _("The document is deleted with all its versions and files. A newer one is better added as a new version.")

    @property
    def heading(self) -> str:  # type: ignore[override]
        return gettext("Remove “%(entry)s”") % {"entry": self.document}

    def prepare(self) -> None:
        super().prepare()
        check_remove_document(acting(self.request), self.customer)

    def make_form(self, *data: Any) -> RemoveForm:
        return RemoveForm(*data)

    def carry_out(self, form: Any, **given: Any) -> None:
        remove_document(document=self.document, reason=form.cleaned_data["reason"], **given)


class OpenDocument(PermissionMixin):
    """The file as a download, of an earlier version too; permission and trail are the operation's."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int, entry: int, version: int | None = None) -> HttpResponse:
        document = _document(request, pk, entry)
        try:
            file = open_document(document=document, version=version, actor=acting(request), at=clock.now())
        except LookupError as error:
            raise Http404 from error
        return responses.attachment(file, f"{document.get_kind_display()}-{document.pk}-v{version or document.version}")


class Picture(PermissionMixin):
    """The small copy of a photo or shop picture is its mask; the original is opened. Scans of documents have none."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int, entry: int) -> HttpResponse:
        document = _document(request, pk, entry)
        if document.kind not in document_rules().pictures or document.file is None:
            raise Http404
        permissions.check_see(acting(request), document.customer, "photo")
        return responses.thumbnail(document.file)


def _document(request: HttpRequest, pk: int, entry: int) -> Document:
    customer = customer_of(request, pk)
    document = get_object_or_404(Document.objects.filter(customer=customer).select_related("file"), pk=entry)
    document.customer = customer
    return document
