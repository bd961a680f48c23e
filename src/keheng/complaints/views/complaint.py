"""The page of one complaint: form on the left, both sets of clocks, cause and measures, what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keheng.common import clock
from keheng.common.masking import mask_email, mask_name, mask_phone
from keheng.complaints import permissions
from keheng.complaints.enums import (
    Bone,
    ClockEventKind,
    IdentityCheck,
    LinkReason,
    MeasureKind,
    PartyRole,
    State,
    StepKind,
    VisitFinding,
)
from keheng.complaints.models import Complaint, Link, Party, RootCause, Step
from keheng.complaints.operations import notes
from keheng.complaints.policies.flow import ORDER
from keheng.complaints.queries.acts import acts_for
from keheng.complaints.queries.countdown import of_page
from keheng.complaints.queries.learning import suggestions
from keheng.complaints.queries.similar import similar_to
from keheng.complaints.tables import tone_of
from keheng.complaints.views.acts import Button, buttons, carried_out
from keheng.complaints.views.parts import RELATED, complaint_of
from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.ui.views import DetailView, require

_TONES: dict[str, str] = {
    StepKind.REGISTERED: "met",
    StepKind.REPLIED: "met",
    StepKind.APPROVED: "met",
    StepKind.VERIFIED: "met",
    StepKind.CLOSED: "met",
    StepKind.FORM_RETURNED: "over",
    StepKind.RETURNED: "over",
    StepKind.REFUSED: "over",
    StepKind.FAILED: "over",
    StepKind.REOPENED: "over",
    StepKind.OVERTURNED: "over",
    StepKind.EXTENDED: "near",
}


@dataclass(frozen=True)
class Told:
    """A line of what happened."""

    at: datetime
    kind: str
    text: str
    who: str
    tone: str


@dataclass(frozen=True)
class Shown:
    """A complainant, masked; ``file``: a power of attorney can be opened; ``lacks``: one is still to be handed in."""

    pk: int
    role: str
    name: str
    phone: str
    mail: str
    authority: bool
    file: bool
    lacks: bool


class ComplaintPage(DetailView):
    permission = permissions.VIEW
    page = "complaint"
    template_name = "complaints/complaint.html"

    def get_queryset(self) -> "QuerySet[Complaint]":
        return Complaint.objects.visible_to(acting(self.request)).select_related(*RELATED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**facts(acting(self.request), self.object, clock.now()), **kwargs)


def facts(staff: Staff, record: Complaint, at: datetime) -> dict[str, Any]:
    """What the page shows of a complaint to somebody."""
    acts = acts_for(staff, record)
    clocks = of_page(record, at)
    form = record.forms.select_related("to_branch", "to_staff").order_by("-number").first()
    supervises = permissions.can_supervise(staff, record)
    works = permissions.can_handle(staff, record) or permissions.can_respond(staff, record)
    return {
        "record": record,
        "tone": tone_of(record),
        "identity": IdentityCheck(record.identity_by).label if record.identity_by else "",
        "internal": clocks["internal"],
        "regulatory": clocks["regulatory"],
        "stages": stages(record),
        "parties": [_shown(party) for party in record.parties.all()],
        "form": form,
        "signatures": list(form.signatures.select_related("staff")) if form else [],
        "root_cause": RootCause.objects.filter(complaint=record).select_related("found_by").first(),
        "bones": _bones(record),
        "measures": [
            (measure, measure.owner_id == staff.pk or works)
            for measure in record.measures.filter(dropped_at=None).select_related("owner")
        ],
        "may_prove": record.state == State.IMPLEMENTING,
        "may_plan": record.state == State.INVESTIGATING and works,
        "may_add": permissions.can_handle(staff, record) or staff.pk == record.registered_by_id,
        "interim": MeasureKind.INTERIM,
        "reviews": record.reviews.select_related("reviewer"),
        "timeline": timeline(record),
        "buttons": buttons(record, acts),
        "more": _more(staff, record, supervises=supervises),
        "conflict": permissions.has_conflict(staff, record),
        "suggested": suggestions(record.statement or "") if record.state == State.REGISTERED else [],
        "linked": _linked(staff, record),
        "attachments": record.attachments.select_related("file", "added_by"),
    }


def stages(record: Complaint) -> list[tuple[str, str]]:
    """The states of the complaint's path in their order, with how far it has come."""
    left_out = record.way.left_out if record.way else frozenset()
    way = [state for state in ORDER if state not in left_out]
    if record.state not in way:
        return [(str(state.label), "") for state in way]
    here = way.index(State(record.state))
    tones = ["met" if place < here or record.state == State.CLOSED else "" for place in range(len(way))]
    if record.state != State.CLOSED:
        tones[here] = "info"
    return [(str(state.label), tone) for state, tone in zip(way, tones, strict=True)]


def timeline(record: Complaint) -> Sequence[Told]:
    """Steps of people and events of clocks, newest first."""
    told = [
        Told(
            step.at,
            _kind(step),
            step.note or _detail(step.detail),
            step.actor.name if step.actor else "",
            _TONES.get(step.kind, "info"),
        )
        for step in record.steps.select_related("actor")
    ]
    passing = [ClockEventKind.MARK, ClockEventKind.LATE]
    for event in record.clock_events.filter(kind__in=passing).select_related("clock"):
        name = f"{event.clock.get_rule_set_display()} · {event.clock.get_kind_display()}"
        near = event.mark == "near"
        words = _("80 %% of the limit is used") if near else _("the limit has been reached")
        told.append(Told(event.at, name, words % {}, "", "near" if near else "over"))
    return sorted(told, key=lambda line: line.at, reverse=True)


def _kind(step: Step) -> str:
    """What was done; of a visit also what it found."""
    found = step.detail.get("found")
    words = str(step.get_kind_display())
    return f"{words} · {VisitFinding(found).label}" if found else words


def _detail(detail: dict[str, Any]) -> str:
    return str(detail.get("to") or detail.get("into") or detail.get("number") or detail.get("way") or "")


def _shown(party: Party) -> Shown:
    authority = party.authority_held or party.authority_id is not None
    return Shown(
        party.pk,
        str(PartyRole(party.role).label),
        mask_name(party.name) if party.name else "",
        mask_phone(party.phone) if party.phone else "",
        mask_email(party.mail) if party.mail else "",
        authority,
        party.authority_id is not None,
        party.role in (PartyRole.PROXY, PartyRole.HEIR) and not authority,
    )


def _bones(record: Complaint) -> list[tuple[str, list[str], bool]]:
    found = RootCause.objects.filter(complaint=record).first()
    if found is None:
        return []
    return [(str(bone.label), found.bones.get(bone, []), bone == found.main_bone) for bone in Bone]


def _more(staff: Staff, record: Complaint, *, supervises: bool) -> list[Button]:
    """What can be done besides the next step."""
    rows = [Button("complaints:note", _("Internal note"), "note")]
    leads = permissions.can_handle(staff, record)
    if supervises and record.is_open:
        rows.append(Button("complaints:assign", _("Assign"), "user-plus"))
    if leads and record.is_open:
        rows.append(Button("complaints:link", _("Link"), "link"))
        rows.append(Button("complaints:attach", _("Add a file"), "paperclip"))
    if leads and record.regulatory_due_kind == "decision":
        rows.append(Button("complaints:extend", _("Extend the limit"), "clock-plus"))
    return rows


def _linked(staff: Staff, record: Complaint) -> list[Complaint]:
    forward = Link.objects.filter(first=record).values_list("second", flat=True)
    back = Link.objects.filter(second=record).values_list("first", flat=True)
    keys = [*forward, *back]
    return list(Complaint.objects.visible_to(staff).filter(pk__in=keys).select_related("cause"))


def similar(request: HttpRequest, pk: int) -> HttpResponse:
    """The card of open complaints that look like this one, loaded once the page is there."""
    require(request, permissions.VIEW)
    staff, record = acting(request), complaint_of(request, pk)
    context = {
        "record": record,
        "similar": similar_to(record, staff),
        "leads": permissions.can_handle(staff, record),
    }
    return render(request, "complaints/similar.html", context)


@require_POST
def link_similar(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    """Link a complaint that the product offered."""
    require(request, permissions.VIEW)
    record, other, actor = complaint_of(request, pk), complaint_of(request, other_pk), acting(request)

    def link() -> Complaint:
        return notes.add_link(complaint=record, other=other, reason=LinkReason.SIMILAR, actor=actor, at=clock.now())

    return carried_out(request, record, link)
