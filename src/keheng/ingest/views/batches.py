"""Every import there has been."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.ingest.filters import BatchFilter
from keheng.ingest.models import Batch
from keheng.ingest.permissions import VIEW, can_run
from keheng.ingest.queries import profile_names
from keheng.ingest.tables import BatchTable
from keheng.org.acting import acting
from keheng.ui.lists import EmptyState, ListView, PageAction, PresetView


class BatchList(ListView):
    permission = VIEW
    export_permission = VIEW
    key = "ingest-batches"
    title = gettext_lazy("Data imports")
    unit = pgettext_lazy("measure word for imports", "imports")
    table_class = BatchTable
    filterset_class = BatchFilter
    default_sort = "-created_at"
    preset_views = (
        PresetView(gettext_lazy("Under way"), "state=queued&state=running"),
        PresetView(gettext_lazy("Went wrong"), "state=failed&state=interrupted"),
    )

    def get_queryset(self) -> QuerySet[Batch]:
        return Batch.objects.all()

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("actor")

    def decorate(self, rows: list[Any]) -> list[Any]:
        names = profile_names()
        for batch in rows:
            batch.profile_name = names.get(batch.profile, batch.profile)
        return rows

    def page_actions(self) -> Sequence[PageAction]:
        if not can_run(acting(self.request)):
            return ()
        return (PageAction(_("New import"), reverse("ingest:new"), "upload", primary=True),)

    def empty_state(self) -> EmptyState:
        if can_run(acting(self.request)):
            return EmptyState(
                _("Nothing has been imported yet"),
                _("Take customers and their figures in from a file of the core system."),
                "upload",
                _("New import"),
                reverse("ingest:new"),
            )
        return EmptyState(
            _("Nothing has been imported yet"), _("The head office or the administrator imports files."), "upload"
        )
