"""Editing an archive in the panel at the side: a section of facts, or a contact point. There is no other way."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keheng.customers import operations, permissions
from keheng.customers.archive.catalogue import Section, sections_for
from keheng.customers.enums import ContactKind, Source
from keheng.customers.forms.sections import ContactForm, RemoveContactForm, SectionForm
from keheng.customers.models import ContactPoint, Customer
from keheng.customers.operations import EditConflictError
from keheng.customers.queries.archive import archive_of
from keheng.customers.values.masks import masked_contact
from keheng.customers.views.parts import ArchiveSide
from keheng.org.acting import acting
from keheng.org.models import Staff


class EditSection(ArchiveSide):
    """The facts of one section. Where somebody was faster, the editor chooses field by field what is to stand."""

    template_name = "customers/archive/section_form.html"
    submit = _("Save")
    done = _("The archive has been saved.")
    section: Section

    @property
    def heading(self) -> str:  # type: ignore[override]
        return str(self.section.label)

    def prepare(self) -> None:
        sections = {section.code: section for section in sections_for(self.customer.kind)}
        if self.kwargs["section"] not in sections:
            raise Http404
        self.section = sections[self.kwargs["section"]]

    def make_form(self, *data: Any) -> SectionForm:
        staff, archive = acting(self.request), archive_of(self.customer)
        shown = archive.of_section(
            self.section.code, lambda code: permissions.disclosure(staff, self.customer, code)
        )  # what the rules keep from the editor is left as it is
        fields = [row.field for row in shown if row.is_editable]
        return SectionForm(*data[:1], archive=archive, fields=fields, source=usual_source(staff, self.customer))

    def carry_out(self, form: forms.Form, **given: Any) -> None:
        assert isinstance(form, SectionForm)
        told = form.cleaned_data
        given |= {"facts": form.facts(), "source": Source(told["source"]), "seen": told["seen"]}
        try:
            operations.change_customer(customer=self.customer, **given)
        except EditConflictError as conflict:
            form.contest(conflict.differences, conflict.present)
            raise ValidationError(
                gettext(
                    "Somebody else has changed these facts since you opened the form. Nothing has been saved yet: "
                    "choose what is to stand, then save."
                )
            ) from conflict


class AddContact(ArchiveSide):
    """A further contact point; ``?kind=`` for one of that kind."""

    template_name = "customers/archive/contact_form.html"
    heading = _("New contact point")
    submit = _("Save")
    done = _("The contact point has been saved.")

    def make_form(self, *data: Any) -> forms.Form:
        wanted = self.request.GET.get("kind", "")
        kind = wanted if wanted in ContactKind.values else ""
        return ContactForm(*data, kind=kind, source=usual_source(acting(self.request), self.customer))

    def carry_out(self, form: Any, **given: Any) -> None:
        try:
            operations.set_contact_point(customer=self.customer, **form.values(), **given)
        except ValidationError as error:  # under its kind
            raise ValidationError({"value": error.messages}) from error


class ChangeContact(AddContact):
    """A contact point that is known."""

    point: ContactPoint

    @property
    def heading(self) -> str:  # type: ignore[override]
        return self.point.get_kind_display()

    def prepare(self) -> None:
        points = ContactPoint.objects.filter(customer=self.customer).select_related("customer")
        self.point = get_object_or_404(points, pk=self.kwargs["entry"])

    def make_form(self, *data: Any) -> forms.Form:
        return ContactForm(*data, point=self.point, source=usual_source(acting(self.request), self.customer))

    def carry_out(self, form: Any, **given: Any) -> None:
        operations.change_contact_point(point=self.point, **form.values(), seen=form.seen_at(), **given)


class RemoveContact(ChangeContact):
    """A contact point that no longer reaches the customer."""

    template_name = "ui/side_form.html"
    submit = _("Remove this contact point")
    done = _("The contact point has been removed.")

    @property
    def heading(self) -> str:  # type: ignore[override]
        return f"{self.point.get_kind_display()} {masked_contact(self.point)}"

    def make_form(self, *data: Any) -> forms.Form:
        return RemoveContactForm(*data, point=self.point)

    def carry_out(self, form: Any, **given: Any) -> None:
        reason = form.cleaned_data["reason"]
        operations.remove_contact_point(point=self.point, reason=reason, seen=form.seen_at(), **given)


def usual_source(staff: Staff, customer: Customer) -> Source:
    """Who most likely told the value: whoever answers for customers heard it as manager, all others at the counter."""
    manages = customer.owner_id == staff.pk or permissions.can_assign(staff)
    return Source.MANAGER if manages else Source.COUNTER
