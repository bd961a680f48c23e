"""Protected customers: the list, one more, a list of them, and the end of a protection."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.common import clock
from keheng.org.acting import acting
from keheng.tiering import operations, queries
from keheng.tiering.filters.moves import ProtectedFilter
from keheng.tiering.forms.protection import ProtectForm, ProtectUploadForm
from keheng.tiering.models import Protected, Scheme
from keheng.tiering.operations.protection import HEADINGS, Imported
from keheng.tiering.permissions import PROTECT
from keheng.tiering.sheets import Sheet
from keheng.tiering.tables.moves import ProtectedTable
from keheng.tiering.views.rows import OfAnyScheme
from keheng.tiering.views.uploads import PreviewedUpload
from keheng.ui.lists import BulkAction, EmptyState, PresetView
from keheng.ui.views import PermissionMixin, SideForm


class ProtectedList(OfAnyScheme):
    """Whom no downgrade of a scheme touches, who waits for approval, whose protection has ended."""

    model = Protected
    key = "tier-protected"
    title = gettext_lazy("Protected from downgrades")
    unit = pgettext_lazy("measure word for customers", "customers")
    table_class = ProtectedTable
    filterset_class = ProtectedFilter
    beside: ClassVar[tuple[str, ...]] = ("scheme", "set_by")
    template_name = "tiering/protected.html"
    preset_views = (
        PresetView(pgettext_lazy("protection", "In force"), "state=in_force"),
        PresetView(pgettext_lazy("protection", "Waiting for approval"), "state=waiting"),
    )
    bulk_actions = (
        BulkAction(
            gettext_lazy("End the protection"),
            "tiering-protection-end",
            "shield-off",
            PROTECT,
            gettext_lazy("%(count)s customers can be downgraded again by the next evaluation."),
        ),
    )

    def decorate(self, rows: list[Any]) -> list[Any]:
        return queries.protections_in_words(rows, clock.today())

    @property
    def may_protect(self) -> bool:
        """Whether the buttons are offered."""
        return acting(self.request).can(PROTECT)

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("Nobody is protected from downgrades"),
            _("Whoever may protects one customer or sends a list; a second person agrees."),
            "shield",
        )


class ProtectSide(SideForm):
    """One customer, at the side of the list or of the customer's page."""

    permission = PROTECT
    heading = gettext_lazy("Protect from downgrades")
    submit = gettext_lazy("Submit for approval")
    done = gettext_lazy("Submitted: the protection holds once a second person agrees.")

    def make_form(self, *data: Any) -> ProtectForm:
        staff = acting(self.request)
        return ProtectForm(*data[:1], staff=staff, number=self.request.GET.get("customer", ""))

    def carry_out(self, form: Any, **given: Any) -> Any:
        return operations.protect(
            scheme=get_object_or_404(Scheme, code=self.kwargs["code"]),
            customer=form.customer,
            reason=form.cleaned_data["reason"],
            until=form.cleaned_data["until"],
            **given,
        )


class ProtectUpload(PreviewedUpload):
    """A list of customers: looked at first, then submitted."""

    permission = PROTECT

    headings = HEADINGS
    template_name = "tiering/protect_upload.html"

    def make_form(self, *data: Any) -> ProtectUploadForm:
        return ProtectUploadForm(*data, today=clock.today())

    def take_in(self, form: Any, sheet: Sheet, **given: Any) -> Imported:
        return operations.protect_listed(
            scheme=self._scheme,
            rows=sheet.rows,
            file_name=sheet.name,
            reason=form.cleaned_data["reason"],
            until=form.cleaned_data["until"],
            **given,
        )

    def taken(self, done: Imported) -> HttpResponse | None:
        if done.customers:
            messages.success(self.request, _("%(n)s protections wait for approval.") % {"n": f"{done.customers:,}"})
        return None if done.rejects else redirect("tiering-protected", code=self._scheme.code)

    def context(self) -> dict[str, Any]:
        return {"scheme": self._scheme}

    @cached_property
    def _scheme(self) -> Scheme:
        return get_object_or_404(Scheme, code=self.kwargs["code"])


class EndProtections(PermissionMixin):
    """Take the ticked customers off the list."""

    permission = PROTECT

    def post(self, request: HttpRequest) -> HttpResponse:
        ended = operations.end_protections(
            protections=ProtectedList.selection(request), actor=acting(request), at=clock.now()
        )
        messages.success(request, _("%(n)s protections have ended.") % {"n": f"{ended:,}"})
        return redirect("tiering-all-protected")
