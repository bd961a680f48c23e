"""The tab 档案表单: feedback on pushed reports and files of lost customers; forms at the side, a file on paper."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keheng.audit.operations import record
from keheng.common import clock
from keheng.customers import permissions
from keheng.customers.archive.tiers import tier_name
from keheng.customers.enums import Disclosure
from keheng.customers.forms import papers as forms
from keheng.customers.forms.dossier import EntryForm, RemoveForm
from keheng.customers.models import ContactPoint, Customer, DossierEntry, LossContact, LossFile, PushFeedback
from keheng.customers.operations.papers import add_paper, change_paper, remove_paper
from keheng.customers.queries.papers import papers_of
from keheng.customers.values.masks import masked_contact, masked_document
from keheng.customers.views.parts import ArchiveTab, customer_of
from keheng.org.acting import acting
from keheng.ui.views import PermissionMixin, SideForm


@dataclass(frozen=True)
class Paper:
    """A kind of form: its model, its fields, the title of the panel for a new and for a known one."""

    model: type[DossierEntry]
    form: type[EntryForm]
    adds: str | Promise
    changes: str | Promise


PAPERS = {
    "feedback": Paper(PushFeedback, forms.FeedbackForm, _("Feedback on a pushed report"), _("Change the feedback")),
    "losses": Paper(LossFile, forms.LossForm, _("Open the file of a lost customer"), _("Change the file")),
    "contacts": Paper(
        LossContact, forms.LossContactForm, _("Contact with the lost customer"), _("Change the contact")
    ),
}  # fmt: skip


class PapersTab(ArchiveTab):
    template_name = "customers/papers/tab.html"
    field = "papers"

    def context(self, customer: Customer) -> dict[str, Any]:
        return {"papers": papers_of(customer), "may_edit": permissions.can_follow_up(acting(self.request), customer)}


class PaperSide(SideForm):
    """One form, of the kind that the address names."""

    permission = permissions.EDIT
    submit = _("Save")
    done = _("The form has been saved.")
    customer: Customer
    paper: Paper
    entry: DossierEntry | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.customer = customer_of(request, kwargs["pk"])
            permissions.check_follow_up(acting(request), self.customer)
            if kwargs["paper"] not in PAPERS:
                raise Http404
            self.paper = PAPERS[kwargs["paper"]]
            if "entry" in kwargs:
                entries = self.paper.model._default_manager.filter(customer=self.customer)
                self.entry = get_object_or_404(entries.select_related("customer"), pk=kwargs["entry"])
        return super().dispatch(request, *args, **kwargs)


class AddPaper(PaperSide):
    @property
    def heading(self) -> str:  # type: ignore[override]
        return str(self.paper.adds)

    def make_form(self, *data: Any) -> EntryForm:
        today = clock.today()
        return self.paper.form(*data, initial={"pushed_on": today, "lost_on": today, "contacted_on": today})

    def carry_out(self, form: Any, **given: Any) -> DossierEntry:
        return add_paper(model=self.paper.model, customer=self.customer, values=form.values(), **given)


class ChangePaper(PaperSide):
    @property
    def heading(self) -> str:  # type: ignore[override]
        return str(self.paper.changes)

    def make_form(self, *data: Any) -> EntryForm:
        return self.paper.form(*data, entry=self.entry)

    def carry_out(self, form: Any, **given: Any) -> None:
        assert self.entry
        change_paper(entry=self.entry, values=form.values(), seen=form.seen_at(), **given)


class RemovePaper(PaperSide):
    submit = _("Remove")
    done = _("The entry has been removed.")

    @property
    def heading(self) -> str:  # type: ignore[override]
        return str(_("Remove “%(entry)s”")) % {"entry": self.entry}

    def make_form(self, *data: Any) -> RemoveForm:
        return RemoveForm(*data)

    def carry_out(self, form: Any, **given: Any) -> None:
        assert self.entry
        remove_paper(entry=self.entry, reason=form.cleaned_data["reason"], **given)


class PrintLoss(PermissionMixin):
    """流失客户档案表 in two copies (A8): one for the manager, one for whoever follows up. Sealed values stay masked."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int, entry: int) -> HttpResponse:
        customer, reader = customer_of(request, pk), acting(request)
        permissions.check_see(reader, customer, "papers")
        files = LossFile.objects.filter(customer=customer).select_related("server", "changed_by")
        file = get_object_or_404(files.prefetch_related("contacts__staff"), pk=entry)
        record("customers.print", actor=reader, at=clock.now(), target=customer)
        context = {"customer": customer, "file": file, "copies": COPIES, **_known(customer, reader)}
        context["tier"] = tier_name(customer.kind, file.tier)
        return render(request, "customers/papers/loss_print.html", context)


COPIES = (_("Copy for the manager of the service department"), _("Copy for whoever follows up"))


def _known(customer: Customer, reader: Any) -> dict[str, Any]:
    """What the form repeats of the archive: masked, and only what the reader is shown of it."""
    known: dict[str, Any] = {
        "sex": customer.get_sex_display() if permissions.can_see(reader, customer, "sex") else "",
        "document": masked_document(customer) if permissions.can_see(reader, customer, "id_number") else "",
    }
    if permissions.disclosure(reader, customer, "contact") > Disclosure.HIDDEN:
        for point in ContactPoint.objects.filter(customer=customer).order_by("is_primary", "-pk"):
            known[point.kind] = masked_contact(point)
    return known
