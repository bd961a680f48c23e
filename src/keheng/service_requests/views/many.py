"""What is done to many requests at once: what is asked first, then what was done and what was refused, with reasons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from keheng.common import clock
from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.service_requests import permissions
from keheng.service_requests.forms.many import ManyAssignForm, ManyPauseForm, ManyWordsForm
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.operations import closing, handling
from keheng.service_requests.operations.many import each
from keheng.service_requests.views.desk import RequestList
from keheng.ui.views import require

_MOST = 200


@dataclass(frozen=True)
class _Act:
    """One act: its words, its form (none: nothing is asked), and the operation."""

    heading: str | Promise
    permission: str
    form: Callable[..., forms.Form] | None
    operation: Callable[..., Any]


def _reply(request: ServiceRequest, *, words: str, actor: Staff, at: Any) -> Any:
    filled = words.replace("{number}", request.number).replace("{business}", request.business_name)
    return closing.reply(request=request, words=filled, actor=actor, at=at)


ACTS: Mapping[str, _Act] = {
    "claim": _Act(_("Claim"), permissions.HANDLE, None, handling.claim),
    "assign": _Act(_("Assign"), permissions.SUPERVISE, ManyAssignForm, handling.assign),
    "pause": _Act(_("Pause"), permissions.HANDLE, ManyPauseForm, handling.pause),
    "note": _Act(_("Internal note"), permissions.VIEW, ManyWordsForm.note, handling.add_note),
    "close": _Act(_("Reply and close"), permissions.HANDLE, ManyWordsForm.reply, _reply),
}


@require_POST
def many(request: HttpRequest, act: str) -> HttpResponse:
    """Ask what has to be asked, then carry it out on the rows that were ticked."""
    if act not in ACTS:
        raise Http404
    chosen, staff = ACTS[act], acting(request)
    require(request, chosen.permission)
    rows = list(RequestList.selection(request).select_related("branch", "assignee", "customer")[:_MOST])
    asked = "carry-out" in request.POST
    form = chosen.form(request.POST if asked else None, staff=staff) if chosen.form else None
    context = {"act": act, "heading": chosen.heading, "rows": rows, "form": form, "most": _MOST}
    if form is not None and not (asked and form.is_valid()):
        return render(request, "service_requests/many.html", context)
    values = form.cleaned_data if form is not None else {}
    given = {**values, "actor": staff, "at": clock.now()}
    outcome = each(rows, lambda row: chosen.operation(request=row, **given))
    return render(request, "service_requests/many_done.html", {**context, "outcome": outcome})
