"""The agenda templates: what each says, who follows it, changing one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from keheng.care.forms.agenda import ChooseAgendaForm, ReasonForm, slot_formset
from keheng.care.models import AgendaChoice, AgendaTemplate
from keheng.care.operations.agenda import change_agenda, choose_agenda
from keheng.care.permissions.agenda import AGENDA, can_edit_agenda, check_edit_agenda
from keheng.care.queries.agenda import USUAL, newest
from keheng.common import clock
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.views import PermissionMixin


class Agendas(PermissionMixin):
    """Every template with its slots and the branches that follow it."""

    permission = AGENDA

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, ChooseAgendaForm(actor=acting(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ChooseAgendaForm(request.POST, actor=acting(request))
        if form.is_valid():
            choose_agenda(**form.cleaned_data, actor=acting(request), at=clock.now())
            messages.success(request, _("The agenda holds from now on."))
            return redirect("care:agendas")
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: ChooseAgendaForm) -> HttpResponse:
        followers: dict[int, list[str]] = {}
        for template_id, name in AgendaChoice.objects.order_by("branch__path").values_list(
            "template_id", "branch__name"
        ):
            followers.setdefault(template_id, []).append(name)
        shown = [
            (template, newest(template), followers.get(template.pk, []), template.code == USUAL)
            for template in AgendaTemplate.objects.all()
        ]
        context = {"agendas": shown, "form": form, "may_edit": can_edit_agenda(acting(request))}
        return render(request, "care/agenda/list.html", context)


class EditAgenda(PermissionMixin):
    """Change a template: a new version, with the reason."""

    permission = AGENDA

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        check_edit_agenda(acting(request))
        template = get_object_or_404(AgendaTemplate, code=code)
        return self._page(request, template, slot_formset(newest(template).slots), ReasonForm())

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        template = get_object_or_404(AgendaTemplate, code=code)
        rows, form = slot_formset(newest(template).slots, request.POST), ReasonForm(request.POST)
        if rows.is_valid() and form.is_valid():
            slots = [slot for row in rows.forms if (slot := row.slot())]
            given: Any = {"actor": acting(request), "at": clock.now(), **form.cleaned_data}
            if carry_out(form, lambda: change_agenda(template=template, slots=slots, **given)):
                messages.success(request, _("The new version holds from now on."))
                return redirect("care:agendas")
        return self._page(request, template, rows, form)

    def _page(self, request: HttpRequest, template: AgendaTemplate, rows: Any, form: ReasonForm) -> HttpResponse:
        context = {"template": template, "rows": rows, "form": form, "agenda": newest(template)}
        return render(request, "care/agenda/edit.html", context)
