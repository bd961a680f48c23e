"""Size standards by industry, and the list of strategic customers."""

from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.tiering.errors import TieringError
from keheng.tiering.forms.corporate import StandardsForm, StrategicUploadForm
from keheng.tiering.models import Standards, StrategicEntry, StrategicList
from keheng.tiering.operations import corporate as operations
from keheng.tiering.permissions import MAINTAIN, VIEW, can_maintain, check_maintain
from keheng.tiering.sheets import rows_of_upload
from keheng.tiering.views.rule_tables import RuleTablePage
from keheng.ui.views import PermissionMixin

_SHOWN = 300
FLAWS = {
    "unknown": pgettext_lazy("strategic list", "no company has this number or name"),
    "no_company": pgettext_lazy("strategic list", "no group of this name is known"),
    "twice": pgettext_lazy("strategic list", "stands on the list already"),
    "ambiguous": pgettext_lazy("strategic list", "several companies have this name: give the customer number"),
}


class StandardsPage(RuleTablePage):
    """The table by industry."""

    model = Standards
    form_class = StandardsForm
    template_name = "tiering/standards.html"
    address = "tiering-standards"
    beside: ClassVar[tuple[str, ...]] = ("made_by", "version")

    def save(self, form: Any, actor: Staff) -> Standards:
        return operations.save_standards(
            table=form.table(), note=form.cleaned_data["note"], actor=actor, at=clock.now()
        )

    def told(self, made: Standards) -> str:
        if made.version is None:
            return _("Version %(n)s is in force.") % {"n": made.number}
        return _(
            "Version %(n)s is kept. The rules that follow from it wait as draft v%(draft)s of the size scheme: "
            "a second person publishes it."
        ) % {"n": made.number, "draft": made.version.number}


class StrategicPage(PermissionMixin):
    """The list in force, a preview that waits, earlier versions."""

    permission = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, StrategicUploadForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        check_maintain(acting(request))
        form = StrategicUploadForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                rows = rows_of_upload(form.cleaned_data["upload"], operations.LIST_HEADINGS, needs=())
            except TieringError as error:
                form.add_error("upload", str(error))
            else:
                made = operations.upload_strategic(
                    rows=rows,
                    file_name=form.cleaned_data["upload"].name,
                    note=form.cleaned_data["note"],
                    actor=acting(request),
                    at=clock.now(),
                )
                messages.success(request, _("The list was read: look at it and put it in force below."))
                return redirect(f"{request.path}?version={made.number}")
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: StrategicUploadForm) -> HttpResponse:
        versions = list(StrategicList.objects.select_related("made_by"))
        in_force = next((one for one in versions if one.in_force_since), None)
        wanted = request.GET.get("version", "")
        shown = next((one for one in versions if str(one.number) == wanted), None)
        shown = shown or next((one for one in versions if not one.in_force_since), None) or in_force
        context: dict[str, Any] = {
            "form": form,
            "versions": versions,
            "in_force": in_force,
            "shown": shown,
            "entries": self._entries(request, shown) if shown else [],
            "most": _SHOWN,
            "may": can_maintain(acting(request)),
        }
        return render(request, "tiering/strategic.html", context)

    def _entries(self, request: HttpRequest, shown: StrategicList) -> list[tuple[StrategicEntry, str, bool]]:
        """The rows, those left out first; a company outside the scope is told without a way to it."""
        rows: QuerySet[StrategicEntry] = shown.entries.select_related("customer__branch").order_by("-flaw", "row")
        found = list(rows[:_SHOWN])
        theirs = Customer.objects.visible_to(acting(request)).filter(pk__in=[entry.customer_id for entry in found])
        seen = set(theirs.values_list("pk", flat=True))
        return [(entry, str(FLAWS.get(entry.flaw, "")), entry.customer_id in seen) for entry in found]


class PutInForce(PermissionMixin):
    """Let a previewed list decide who is strategic."""

    permission = MAINTAIN

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        chosen = get_object_or_404(StrategicList, pk=pk)
        try:
            operations.put_in_force(strategic_list=chosen, actor=acting(request), at=clock.now())
        except TieringError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The list is in force; the next evaluation moves the companies."))
        return redirect("tiering-strategic")
