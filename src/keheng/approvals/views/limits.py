"""The table of limits (screen 15): who may approve what, up to where, and its versions."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from keheng.approvals import kinds, operations, permissions, queries
from keheng.approvals.forms import LimitFormSet, LimitTableForm
from keheng.approvals.models import ANY_KIND, LimitTable
from keheng.common import clock
from keheng.common.money import WAN
from keheng.org.acting import acting
from keheng.ui.views import PermissionMixin

_EVERY = "every"  # in addresses, for the limits of every kind without its own


class LimitsPage(PermissionMixin):
    """All kinds with the limits in force."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        tables = queries.tables_in_force(clock.today())
        rows = [
            (kind, kind.code, tables.get(kind.code) or tables.get(ANY_KIND), kind.code in tables)
            for kind in kinds.kinds().values()
        ]
        context = {
            "rows": rows,
            "every": tables.get(ANY_KIND),
            "every_code": _EVERY,
            "stranded": queries.stranded_count(),
            "may_set": permissions.can_set_limits(acting(request)),
        }
        return render(request, "approvals/limits.html", context)


class LimitsOfKind(PermissionMixin):
    """The limits of one kind: the rows in force, a form for a new version, the versions so far."""

    permission = permissions.VIEW

    def get(self, _request: HttpRequest, code: str) -> HttpResponse:
        table = queries.table_on(self._kind(code), clock.today())
        initial: dict[str, Any] = {"due_days": 2}
        if table is not None:
            initial = {"due_days": table.due_days, "lapse_days": table.lapse_days}
        rows = [
            {
                "level": limit.level,
                "role": limit.role,
                "max_amount": limit.max_amount / WAN if limit.max_amount is not None else None,
                "max_rank": limit.max_rank,
                "scope": limit.scope,
            }
            for limit in (table.limits.select_related("role") if table else ())
        ]
        return self._page(code, LimitTableForm(initial=initial), LimitFormSet(initial=rows, prefix="limit"))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        permissions.check_set_limits(acting(request))
        form, rows = LimitTableForm(request.POST), LimitFormSet(request.POST, prefix="limit")
        if form.is_valid() and rows.is_valid():
            limits = [row.limit() for row in rows if row.cleaned_data.get("role")]
            try:
                table = operations.set_limits(
                    kind=self._kind(code), limits=limits, actor=acting(request), at=clock.now(), **form.cleaned_data
                )
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, _("Version %(number)d is in force from today.") % {"number": table.number})
                return redirect("approvals:limits")
        return self._page(code, form, rows)

    def _kind(self, code: str) -> str:
        if code == _EVERY:
            return ANY_KIND
        if code not in kinds.kinds():
            raise Http404
        return code

    def _page(self, code: str, form: LimitTableForm, rows: Any) -> HttpResponse:
        kind = self._kind(code)
        versions = LimitTable.objects.filter(kind=kind).select_related("set_by").prefetch_related("limits__role")
        context = {
            "name": kinds.kind_of(kind).name if kind else _("Every kind without limits of its own"),
            "question": kinds.kind_of(kind).question if kind else "",
            "form": form,
            "rows": rows,
            "versions": versions,
            "may_set": permissions.can_set_limits(acting(self.request)),
        }
        return render(self.request, "approvals/limits_of_kind.html", context)
