"""The trail on pages."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import DetailView

from keheng.audit import veils, words
from keheng.audit.filters import EntryFilter
from keheng.audit.models import Entry
from keheng.audit.tables import EntryTable
from keheng.ui.lists import EmptyState, ListView, PresetView
from keheng.ui.views import PermissionMixin

VIEW = "audit.view"


class EntryList(ListView):
    """Who did what to which record, when, from where and why; the newest first."""

    permission = VIEW
    export_permission = VIEW
    key = "audit"
    title = gettext_lazy("Audit trail")
    unit = pgettext_lazy("measure word for audit entries", "entries")
    table_class = EntryTable
    filterset_class = EntryFilter
    default_sort = "-at"
    search_hint = gettext_lazy("Actor or record, from the beginning")
    preset_views = (
        PresetView(gettext_lazy("Shown personal values"), "action=customers.reveal&action=portfolio.reveal"),
        PresetView(gettext_lazy("Refused"), "outcome=refused"),
        PresetView(gettext_lazy("Sign-ins"), "action=org.sign_in&action=org.sign_out"),
        PresetView(gettext_lazy("Exports"), "action=ui.export"),
    )

    def get_queryset(self) -> "QuerySet[Entry]":
        return Entry.objects.all()

    def decorate(self, rows: list[Any]) -> list[Any]:
        return veils.veiled(rows, self.request.user)

    def row_url(self, record: Entry) -> str:
        return reverse("audit:entry", args=[record.pk])

    def empty_state(self) -> EmptyState:
        return EmptyState(_("Nothing has been recorded yet"), _("Every sign-in and every change appears here."))


class EntryPage(PermissionMixin, DetailView[Entry]):
    """One entry with all its details."""

    permission = VIEW
    model = Entry
    template_name = "audit/entry.html"
    context_object_name = "entry"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        veils.veiled([self.object], self.request.user)
        return super().get_context_data(
            action=words.action_of(self.object),
            kind=words.kind_name(self.object.target_type) if self.object.target_type else "",
            changes=words.changes_of(self.object),
            details=words.details_of(self.object),
            **kwargs,
        )
