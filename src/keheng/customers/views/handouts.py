"""Files handed out 数据文件: asking for the rows of a list, the requester's files, fetching one."""

from typing import Any

import django_tables2 as tables
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views import View

from keheng.audit.queries import history_of
from keheng.audit.words import action_of
from keheng.common import clock
from keheng.customers.enums import FileForm, HandoutState
from keheng.customers.forms.privacy import ExportForm
from keheng.customers.models import Handout
from keheng.customers.operations import handouts as operations
from keheng.customers.permissions import EXPORT, REVEAL
from keheng.customers.permissions.privacy import PRIVACY, can_fetch
from keheng.customers.privacy import exports
from keheng.customers.privacy.rendering import MEDIA_TYPES
from keheng.customers.queries.privacy import handouts_of
from keheng.customers.queries.rules import confidentiality_rules
from keheng.files import responses
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.lists import EmptyState, ListView, MomentColumn, NumberColumn, Table
from keheng.ui.views import PermissionMixin

_TONES = {HandoutState.READY: "met", HandoutState.ASKED: "near", HandoutState.REFUSED: "over",
          HandoutState.FAILED: "over"}  # fmt: skip


class HandoutTable(Table):
    title = tables.Column(verbose_name=gettext_lazy("File"))
    form = tables.Column(verbose_name=gettext_lazy("File format"), accessor="get_form_display")
    state = tables.Column(verbose_name=gettext_lazy("State"))
    rows = NumberColumn(verbose_name=gettext_lazy("Rows"), accessor="rows")
    personal = tables.Column(verbose_name=gettext_lazy("Personal values"))
    purpose = tables.Column(verbose_name=gettext_lazy("Purpose"))
    requester = tables.Column(verbose_name=gettext_lazy("Requested by"))
    requested_at = MomentColumn(verbose_name=gettext_lazy("Requested at"))
    expires_at = MomentColumn(verbose_name=gettext_lazy("Available until"))

    fixed = ("title",)

    class Meta(Table.Meta):
        model = Handout
        fields = ()
        orderable = False

    def render_state(self, record: Handout) -> SafeString:
        tone = _TONES.get(HandoutState(record.state), "")
        return format_html('<span class="flag {}">{}</span>', tone, record.get_state_display())

    def value_state(self, record: Handout) -> str:
        return str(record.get_state_display())

    def render_personal(self, value: bool) -> str:
        return _("whole") if value else _("masked")


class HandoutList(ListView):
    """The files that the reader has asked for, the newest first."""

    permission = "customers.view"
    key = "handouts"
    title = gettext_lazy("Files handed out")
    unit = pgettext_lazy("measure word for files", "files")
    table_class = HandoutTable

    def get_queryset(self) -> "QuerySet[Handout]":
        return handouts_of(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("requester")

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No file has been asked for"),
            _("Large lists and lists with whole numbers leave the system through approval; ask for one on the list."),
            "file-export",
        )


class AskExport(PermissionMixin):
    """The form behind the export of a list: ``?list=`` names its page, the rest is its state."""

    permission = EXPORT

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, ExportForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ExportForm(request.POST)
        if form.is_valid():
            given = {**form.cleaned_data, "actor": acting(request), "at": clock.now()}
            handout = carry_out(form, lambda: operations.ask_export(address=self._address(request), **given))
            if handout is not None:
                messages.success(request, _("The file has been asked for; you are told when it is ready."))
                return redirect(handout)
        return self._page(request, form)

    def _address(self, request: HttpRequest) -> str:
        state = request.GET.copy()
        path = "".join(state.pop(exports.LIST, [])[-1:])
        return f"{path}?{state.urlencode()}" if state else path

    def _page(self, request: HttpRequest, form: ExportForm) -> HttpResponse:
        actor, address = acting(request), self._address(request)
        limits = confidentiality_rules().exports
        try:
            found = exports.list_at(address, actor)
        except exports.UnknownListError as error:
            raise Http404 from error
        if not (found.whole_columns and actor.can(REVEAL)):
            del form.fields["personal"]
        context = {
            "form": form,
            "title": found.title,
            "filters": found.filters_in_words,
            "rows": found.count_up_to(limits.most_rows),
            "limits": limits,
            "back_url": address,
        }
        return render(request, "customers/export_new.html", context)


class HandoutPage(View):
    """One file: where it stands, who fetched it and when; the button for its requester."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        actor = acting(request)
        if not (actor.can(EXPORT) or actor.can(PRIVACY) or actor.can("audit.view")):
            raise PermissionDenied
        handout = get_object_or_404(handouts_of(actor).select_related("requester__branch", "case"), pk=pk)
        context = {
            "handout": handout,
            "tone": _TONES.get(HandoutState(handout.state), ""),
            "acts": [(entry, action_of(entry)) for entry in history_of(handout)[:50]],
            "may_fetch": can_fetch(actor, handout) and handout.state == HandoutState.READY,
            "waits": handout.state in {HandoutState.ASKED, HandoutState.QUEUED},
        }
        return render(request, "customers/handout.html", context)


class FetchHandout(View):
    """The file itself, to its requester alone; its name says nothing of anybody."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        handout = get_object_or_404(Handout.objects.select_related("requester"), pk=pk)
        try:
            content = operations.fetch(handout=handout, actor=acting(request), at=clock.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(handout)
        return responses.download(content, MEDIA_TYPES[FileForm(handout.form)], handout.file_name)
