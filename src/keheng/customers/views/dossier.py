"""The dossier of a company: a tab, and a form in the side panel for each kind of entry."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keheng.common import clock
from keheng.customers.archive.rulebook import health_rules
from keheng.customers.enums import HealthGrade
from keheng.customers.forms import dossier as forms
from keheng.customers.models import Competitor, Cooperation, Customer, DossierEntry, GroupMember, KeyContact, Project
from keheng.customers.operations.dossier import add_entry, change_entry, record_check, remove_entry
from keheng.customers.queries.dossier import dossier_of
from keheng.customers.views.parts import ArchiveSide, ArchiveTab
from keheng.org.acting import acting


@dataclass(frozen=True)
class Section:
    """A kind of entry: its model, its form, the title of the panel for a new and for a known one."""

    model: type[DossierEntry]
    form: type[forms.EntryForm]
    adds: str | Promise
    changes: str | Promise


SECTIONS = {
    "contacts": Section(KeyContact, forms.KeyContactForm, _("Add a key contact"), _("Change the key contact")),
    "cooperation": Section(Cooperation, forms.CooperationForm, _("Add cooperation"), _("Change the cooperation")),
    "competitors": Section(Competitor, forms.CompetitorForm, _("Add a competitor"), _("Change the competitor")),
    "projects": Section(Project, forms.ProjectForm, _("Add a project"), _("Change the project")),
    "group": Section(GroupMember, forms.GroupMemberForm, _("Assign to a group"), _("Change the group membership")),
}


class DossierTab(ArchiveTab):
    template_name = "customers/dossier.html"
    field = "dossier"

    def context(self, customer: Customer) -> dict[str, Any]:
        return {
            "dossier": dossier_of(customer, acting(self.request)),
            "today": clock.today(),
            "months": health_rules().months,
        }


class EntrySide(ArchiveSide):
    """One entry of a section, which the address names."""

    submit = _("Save")
    done = _("The dossier has been saved.")
    section: Section
    entry: DossierEntry | None = None

    def prepare(self) -> None:
        section = SECTIONS.get(self.kwargs["section"])
        if section is None:
            raise Http404
        self.section = section
        if "entry" in self.kwargs:
            entries = section.model._default_manager.filter(customer=self.customer)
            self.entry = get_object_or_404(entries.select_related("customer"), pk=self.kwargs["entry"])

    def page(self, request: HttpRequest, form: Any) -> HttpResponse:
        if isinstance(form, forms.GroupMemberForm):
            context = {"form": form, "side": self, "here": request.get_full_path()}
            return render(request, "customers/side_group.html", context)
        return super().page(request, form)


class AddEntry(EntrySide):
    @property
    def heading(self) -> str:  # type: ignore[override]
        return str(self.section.adds)

    def make_form(self, *data: Any) -> forms.EntryForm:
        return self.section.form(*data)

    def carry_out(self, form: Any, **given: Any) -> DossierEntry:
        return add_entry(model=self.section.model, customer=self.customer, values=form.values(), **given)


class ChangeEntry(EntrySide):
    @property
    def heading(self) -> str:  # type: ignore[override]
        return str(self.section.changes)

    def make_form(self, *data: Any) -> forms.EntryForm:
        return self.section.form(*data, entry=self.entry)

    def carry_out(self, form: Any, **given: Any) -> None:
        assert self.entry
        change_entry(entry=self.entry, values=form.values(), seen=form.seen_at(), **given)


class RemoveEntry(EntrySide):
    submit = _("Remove")
    done = _("The entry has been removed.")

    @property
    def heading(self) -> str:  # type: ignore[override]
        return str(_("Remove “%(entry)s”")) % {"entry": self.entry}

    def make_form(self, *data: Any) -> forms.RemoveForm:
        return forms.RemoveForm(*data)

    def carry_out(self, form: Any, **given: Any) -> None:
        assert self.entry
        remove_entry(entry=self.entry, reason=form.cleaned_data["reason"], **given)


class RecordCheck(ArchiveSide):
    """A check in the health handbook of a project."""

    submit = _("Record the check")
    done = _("The check stands in the health handbook.")
    project: Project

    @property
    def heading(self) -> str:  # type: ignore[override]
        return str(_("Check of “%(project)s”")) % {"project": self.project}

    def prepare(self) -> None:
        projects = Project.objects.filter(customer=self.customer).select_related("customer")
        self.project = get_object_or_404(projects, pk=self.kwargs["entry"])

    def make_form(self, *data: Any) -> forms.HealthCheckForm:
        return forms.HealthCheckForm(*data, initial={"checked_on": clock.today()})

    def carry_out(self, form: Any, **given: Any) -> None:
        values = {**form.cleaned_data, "grade": HealthGrade(form.cleaned_data["grade"])}
        record_check(project=self.project, **values, **given)
