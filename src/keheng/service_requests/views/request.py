"""The page of one request: head strip with the clock, facts, acts, timeline."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keheng.common import clock
from keheng.files.responses import attachment
from keheng.org.acting import acting
from keheng.service_requests import permissions
from keheng.service_requests.enums import HandOverState, InviteBy, SlaEventKind, Stage, State, StepKind
from keheng.service_requests.models import Attachment, CatalogueVersion, Link, ServiceRequest, SlaEvent
from keheng.service_requests.operations import closing, handling
from keheng.service_requests.queries.countdown import running
from keheng.service_requests.queries.names import add_tiers
from keheng.service_requests.rating import holds_until
from keheng.service_requests.tables import TONES
from keheng.service_requests.views.parts import RELATED, request_of
from keheng.ui.templatetags.keheng import limit_words
from keheng.ui.views import DetailView, require

_STEP_TONES: dict[str, str] = {
    StepKind.OPENED: "met",
    StepKind.CLAIMED: "met",
    StepKind.STAGE: "met",
    StepKind.RESOLVED: "met",
    StepKind.REPLIED: "met",
    StepKind.PAUSED: "near",
    StepKind.ESCALATED: "over",
    StepKind.REOPENED: "over",
    StepKind.CANCELLED: "over",
}


@dataclass(frozen=True)
class Told:
    """A line of the request's timeline."""

    at: datetime
    kind: str
    text: str
    who: str
    tone: str


class RequestPage(DetailView):
    permission = permissions.VIEW
    page = "service_request"
    template_name = "service_requests/request.html"

    def get_queryset(self) -> "QuerySet[ServiceRequest]":
        return ServiceRequest.objects.visible_to(acting(self.request)).select_related(*RELATED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**facts(self.request, self.object), **kwargs)


def facts(request: HttpRequest, record: ServiceRequest) -> dict[str, Any]:
    """What the page and the panel beside the list show of a request."""
    staff, at = acting(request), clock.now()
    about, language = record.about, get_language() or ""
    add_tiers([record.customer])
    offered = record.hand_overs.filter(state=HandOverState.OFFERED).select_related("taker", "giver").first()
    may_handle = permissions.can_handle(staff, record)
    answers = json.loads(record.answers) if record.answers else {}
    until = holds_until(record)
    return {
        "record": record,
        "about": about,
        "catalogue": CatalogueVersion.kept(record.version_id),
        "words": about.words,
        "tone": TONES.get(record.state, ""),
        "clocks": running(record, at),
        "stopped": record.clocks.exclude(stopped_at=None).order_by("pk"),
        "answers": [(field.told(language), answers.get(field.code, "")) for field in about.fields],
        "checks": [(found.code, found.told(language), found.code in record.checked) for found in about.checks],
        "documents": _documents(record, language),
        "missing": closing.missing_before_closing(record) if record.state == State.WORKING else [],
        "timeline": timeline(record, language),
        "stages": [(stage, _reached(record, stage)) for stage in Stage],
        "may_handle": may_handle and record.is_open,
        "may_supervise": permissions.can_supervise(staff, record.branch) and record.is_open,
        "may_claim": record.state == State.WAITING and staff.can(permissions.HANDLE),
        "may_reopen": may_handle and record.state in (State.RESOLVED, State.CLOSED),
        "acts": State,
        "offered": offered,
        "asked": offered is not None and offered.taker_id == staff.pk,
        "linked": _linked(record),
        "parts": record.children.select_related("assignee"),
        "rating_until": until if until is not None and record.rating is None and at <= until else None,
        "may_ask_rating": may_handle and not record.customer.do_not_disturb,
        "pause_reason": _pause_reason(record, language),
    }


def timeline(record: ServiceRequest, language: str) -> Sequence[Told]:
    """Steps of people and events of clocks, newest first."""
    told = [
        Told(
            step.at,
            str(step.get_kind_display()),
            step.note or _detail(step.detail, record, language),
            step.actor.name if step.actor else "",
            _STEP_TONES.get(step.kind, "info"),
        )
        for step in record.steps.select_related("actor")
    ]
    events = SlaEvent.objects.filter(
        request=record, kind__in=[SlaEventKind.MARK, SlaEventKind.LATE, SlaEventKind.RECOMPUTED]
    ).select_related("clock")
    told += [Told(event.at, str(event.get_kind_display()), _of_clock(event), "", _tone(event)) for event in events]
    return sorted(told, key=lambda line: line.at, reverse=True)


def _detail(detail: dict[str, Any], record: ServiceRequest, language: str) -> str:
    if "checks" in detail:
        names = {found.code: found.told(language) for found in record.about.checks}
        return "、".join(names[code] for code in detail["checks"] if code in names)
    if "stage" in detail:
        return str(Stage(detail["stage"]).label)
    if "by" in detail:
        return str(InviteBy(detail["by"]).label)
    return str(detail.get("to") or detail.get("other") or detail.get("into") or "")


def _of_clock(event: SlaEvent) -> str:
    kind = event.clock.get_kind_display()
    if event.kind == SlaEventKind.MARK:
        words = {
            "half": _("%(clock)s: half of the limit is used"),
            "near": _("%(clock)s: 80 %% of the limit is used"),
            "due": _("%(clock)s: the limit has been reached"),
        }.get(event.mark, _("%(clock)s: escalated"))
        told = words % {"clock": kind}
        return _("%(sentence)s (told late)") % {"sentence": told} if event.told_late else told
    if event.kind == SlaEventKind.LATE and event.overtime is not None:
        minutes = int(event.overtime.total_seconds() // 60)
        return _("%(clock)s: over by %(minutes)d minutes") % {"clock": kind, "minutes": minutes}
    before, after = event.detail.get("before", [""])[0], event.detail.get("after", "")
    return f"{kind} {limit_words(before)} → {limit_words(after)}"


def _tone(event: SlaEvent) -> str:
    if event.kind == SlaEventKind.RECOMPUTED:
        return "info"
    return "near" if event.mark in ("half", "near") else "over"


def _documents(record: ServiceRequest, language: str) -> list[tuple[str, list[Attachment]]]:
    held = list(record.attachments.select_related("file", "added_by"))
    rows = [
        (found.told(language), [one for one in held if one.document == found.code]) for found in record.about.documents
    ]
    return [*rows, (_("Evidence of what was done"), [one for one in held if not one.document])]


def _reached(record: ServiceRequest, stage: Stage) -> str:
    order = list(Stage)
    if record.state in (State.CLOSED,) or order.index(stage) < order.index(Stage(record.stage)):
        return "met"
    return "info" if stage == record.stage and record.is_open else ""


def _linked(record: ServiceRequest) -> list[ServiceRequest]:
    pairs = Link.objects.filter(first=record).values_list("second", flat=True)
    back = Link.objects.filter(second=record).values_list("first", flat=True)
    return list(ServiceRequest.objects.filter(pk__in=[*pairs, *back]))


def _pause_reason(record: ServiceRequest, language: str) -> str:
    found = record.catalogue.pauses.get(record.pause_reason)
    return found.told(language) if found else ""


@require_POST
def checks(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the ticks of the checklist."""
    require(request, permissions.HANDLE)
    record = request_of(request, pk)
    handling.check(request=record, codes=request.POST.getlist("check"), actor=acting(request), at=clock.now())
    return redirect(record)


@require_POST
def download(request: HttpRequest, pk: int, attachment_pk: int) -> HttpResponse:
    """A file of a request, as a download; kept in the trail."""
    require(request, permissions.VIEW)
    record = request_of(request, pk)
    kept = get_object_or_404(Attachment.objects.select_related("file"), pk=attachment_pk, request=record)
    handling.open_attachment(kept=kept, actor=acting(request), at=clock.now())
    return attachment(kept.file, f"{record.number}-{kept.pk}")
