"""Who was contacted as owed, and who was not and why."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from keheng.care.permissions import contacts as permissions
from keheng.care.queries.compliance import WORDS, Why, by_branch, by_rule, by_staff, by_why, not_contacted
from keheng.care.queries.rules import cadence_rules
from keheng.common import clock
from keheng.org.acting import acting
from keheng.ui.views import PermissionMixin

MOST = 200


class Compliance(PermissionMixin, View):
    """The rates of a month by rule, outlet and person, and the list behind every number."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        reader, today = acting(request), clock.today()
        day = _month(request.GET.get("month", ""), today)
        branch, staff = _number(request.GET.get("branch")), _number(request.GET.get("staff"))
        why = next((one for one in Why if one.value == request.GET.get("why")), None)
        rules = cadence_rules().rules
        branches = by_branch(reader, day)
        reasons = by_why(reader, day, today, branch)
        context: dict[str, Any] = {
            "month": f"{day:%Y-%m}",
            "total": _sum([rate for _code, rate in by_rule(reader, day, branch)]),
            "rules": [(rules.name_of(code), rate) for code, rate in by_rule(reader, day, branch)],
            "branches": branches,
            "people": by_staff(reader, day, branch),
            "branch": branch,
            "branch_name": next((rate.name for rate in branches if rate.key == branch), ""),
            "reasons": [(one.value, WORDS[one], count) for one, count in reasons.items()],
            "why": why.value if why else "",
            "missed": [
                (missed, rules.name_of(missed.rule))
                for missed in not_contacted(reader, day, today, branch_id=branch, staff_id=staff, why=why, limit=MOST)
            ],
            "most": MOST,
        }
        return render(request, "care/compliance/page.html", context)


def _sum(rates: list[Any]) -> dict[str, Any]:
    due, met = sum(rate.due for rate in rates), sum(rate.met for rate in rates)
    return {"due": due, "met": met, "open": due - met, "rate": met / due if due else None}


def _month(text: str, today: date) -> date:
    """A day of the month asked for: today in the present month, else its last day."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today
    return today if (first.year, first.month) == (today.year, today.month) else clock.month_end(first)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 12 else None
