"""The team's board: planned, done, overdue and quality by person and outlet."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from keheng.care.forms.supervision import PeriodForm
from keheng.care.permissions.contacts import COMPLIANCE
from keheng.care.queries.supervision import team_board
from keheng.common import clock
from keheng.org.acting import acting
from keheng.ui.views import PermissionMixin


class TeamBoard(PermissionMixin):
    """Planned, done, overdue and quality by person and outlet; each number opens its list."""

    permission = COMPLIANCE

    def get(self, request: HttpRequest) -> HttpResponse:
        today = clock.today()
        usual = {"starts_on": today - timedelta(days=today.weekday()), "ends_on": today}
        form = PeriodForm(request.GET if "starts_on" in request.GET else usual)
        period = form.cleaned_data if form.is_valid() else usual
        members = team_board(acting(request), period["starts_on"], period["ends_on"], today)
        outlets: dict[str, list[Any]] = {}
        for member in members:
            outlets.setdefault(member.branch, []).append(member)
        context = {
            "form": form,
            "period": period,
            "outlets": [(name, people, _sums(people)) for name, people in outlets.items()],
            "total": _sums(members),
            "people": len(members),
        }
        return render(request, "care/supervision/board.html", context)


def _sums(people: list[Any]) -> dict[str, Any]:
    names = ("planned", "done", "skipped", "lapsed", "overdue", "contacts", "reached", "faults")
    sums: dict[str, Any] = {name: sum(getattr(one, name) for one in people) for name in names}
    noted = [one.noted * one.contacts for one in people if one.noted is not None]
    sums["rate"] = sums["done"] / sums["planned"] if sums["planned"] else None
    sums["noted"] = round(sum(noted) / sums["contacts"]) if sums["contacts"] else None
    return sums
