"""The forms of documents."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keheng.customers.archive.rulebook import document_rules
from keheng.customers.enums import CustomerKind, DocumentKind
from keheng.customers.forms.dossier import day_input
from keheng.customers.models import Customer, Document
from keheng.customers.operations.documents import FACTS
from keheng.files.forms import UploadField


class DocumentFactsForm(forms.Form):
    """What is said of a document."""

    issued_on = forms.DateField(label=_("Issued on"), required=False, widget=day_input())
    expires_on = forms.DateField(label=_("Expires on"), required=False, widget=day_input())
    copies = forms.IntegerField(label=_("Copies"), min_value=1, max_value=99, initial=1)
    note = forms.CharField(
        label=_("Remarks"), required=False, max_length=300, widget=forms.TextInput(attrs={"data-wide": ""})
    )

    def facts(self) -> dict[str, Any]:
        """The facts, as the operations take them."""
        return {name: self.cleaned_data[name] for name in FACTS if name in self.cleaned_data}


class AddDocumentForm(DocumentFactsForm):
    kind = forms.ChoiceField(label=_("Kind of document"))
    title = forms.CharField(label=_("Title"), required=False, max_length=80)
    file = UploadField(label=_("File"), required=False)

    field_order = ("kind", "title", "file", "issued_on", "expires_on", "copies", "note")

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = document_rules()
        kinds = [kind for kind in rules.kinds[CustomerKind(customer.kind)] if kind not in rules.pictures]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["file"].help_text = _with_paper(str(self.fields["file"].help_text))


class RenewDocumentForm(DocumentFactsForm):
    file = UploadField(label=_("File of the new version"), required=False)

    field_order = ("file", "issued_on", "expires_on", "copies", "note")

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["copies"] = document.copies
        self.fields["file"].help_text = _with_paper(str(self.fields["file"].help_text))


class ChangeDocumentForm(DocumentFactsForm):
    title = forms.CharField(label=_("Title"), required=False, max_length=80)

    field_order = ("title", "issued_on", "expires_on", "copies", "note")

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update({name: getattr(document, name) for name in ("title", *FACTS)})

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), "title": self.cleaned_data["title"]}


class AddPictureForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind of picture"))
    file = UploadField(label=_("Picture"), only_pictures=True)
    note = forms.CharField(
        label=_("Remarks"), required=False, max_length=300, widget=forms.TextInput(attrs={"data-wide": ""})
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = document_rules()
        kinds = [kind for kind in rules.kinds[CustomerKind(customer.kind)] if kind in rules.pictures]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The arguments of the operation."""
        return {
            "kind": DocumentKind(self.cleaned_data["kind"]),
            "facts": {"note": self.cleaned_data["note"]},
            "upload": self.cleaned_data["file"],
        }


def _with_paper(limit: str) -> str:
    return gettext("%(limit)s Without a file it is noted as kept on paper.") % {"limit": limit}
