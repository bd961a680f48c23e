"""How good the data are, over HTTP: completeness, findings, duplicates and merges, inspections (A1, A14)."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema

from keheng.api.endpoints import Endpoints
from keheng.api.paging import Page, Paging, page_of
from keheng.common import clock
from keheng.customers import operations, permissions, queries
from keheng.customers.api.archive import Reason
from keheng.customers.api.shapes.quality import (
    ComparisonOut,
    FaultIn,
    FindingOut,
    FindingQuestion,
    InspectionIn,
    InspectionOut,
    InspectionQuestion,
    ItemOut,
    MergeIn,
    MergeOut,
    PairOut,
    PairQuestion,
    RemarkIn,
    ReportOut,
)
from keheng.customers.models import (
    ContactPoint,
    Customer,
    DuplicatePair,
    Finding,
    Inspection,
    InspectionItem,
    Unification,
)
from keheng.customers.queries import comparison
from keheng.customers.queries.quality import RateOf
from keheng.org.acting import acting
from keheng.org.models import Branch, Staff

endpoints = Endpoints(_("Data quality"))

# -- completeness and validity ----------------------------------------------------------------------------------------


@endpoints.get(
    "/completeness", permission=permissions.QUALITY, summary=_("Completeness of archives"), response=ReportOut
)
def completeness(request: HttpRequest) -> dict[str, Any]:
    report = queries.completeness_report(acting(request))
    return {
        "complete_from": report.complete_from,
        "whole": _rate(RateOf(None, report.whole)),
        "outlets": [_rate(row) for row in report.outlets],
        "owners": [_rate(row) for row in report.owners],
    }


@endpoints.get(
    "/findings", permission=permissions.QUALITY, summary=_("Findings of validity"), response=Page[FindingOut]
)
def findings(request: HttpRequest, asked: Query[FindingQuestion], paging: Query[Paging]) -> dict[str, Any]:
    """The newest first."""
    found = Finding.objects.visible_to(acting(request)).filter(**_given(asked))
    return page_of(found, paging, order=("-found_at", "-pk"), shape=list)


@endpoints.post(
    "/findings/{int:pk}/accept",
    permission=permissions.EDIT,
    summary=_("Let a finding stand as right"),
    response=FindingOut,
)
def accept_finding(request: HttpRequest, pk: int, sent: Reason) -> Finding:
    found = get_object_or_404(Finding.objects.visible_to(acting(request)).select_related("customer"), pk=pk)
    return operations.accept_finding(finding=found, reason=sent.reason, actor=acting(request), at=clock.now())


@endpoints.post(
    "/contacts/{int:pk}/report",
    permission=permissions.VIEW,
    summary=_("Report a contact point that does not reach the customer"),
    response=FindingOut,
)
def report_contact(request: HttpRequest, pk: int, sent: Reason) -> Finding:
    within = Customer.objects.visible_to(acting(request)).order_by().values("pk")
    point = get_object_or_404(ContactPoint.objects.select_related("customer").filter(customer__in=within), pk=pk)
    return operations.report_contact(point=point, reason=sent.reason, actor=acting(request), at=clock.now())


# -- duplicates -------------------------------------------------------------------------------------------------------


@endpoints.get("/duplicates", permission=permissions.QUALITY, summary=_("Possible duplicates"), response=Page[PairOut])
def duplicates(request: HttpRequest, asked: Query[PairQuestion], paging: Query[Paging]) -> dict[str, Any]:
    """Pairs of which the caller sees both customers, the most certain first."""
    found = DuplicatePair.objects.visible_to(acting(request))
    if asked.state is not None:
        found = found.filter(state=asked.state)
    if asked.score_from is not None:
        found = found.filter(score__gte=asked.score_from)
    return page_of(found, paging, order=("-score", "-pk"), shape=list)


@endpoints.get(
    "/duplicates/{int:pk}",
    permission=permissions.QUALITY,
    summary=_("Two archives side by side"),
    response=ComparisonOut,
)
def compare(request: HttpRequest, pk: int) -> dict[str, Any]:
    pair, reader = _pair(request, pk), acting(request)
    return {
        "pair": pair,
        "lines": comparison.facts_side_by_side(pair.left, pair.right, reader),
        "refusal": permissions.why_not_merge(reader, pair.left, pair.right),
    }


@endpoints.post(
    "/duplicates/{int:pk}/merge", permission=permissions.MERGE, summary=_("Make two archives one"), response=MergeOut
)
def merge(request: HttpRequest, pk: int, sent: MergeIn) -> Unification:
    pair, actor = _pair(request, pk), acting(request)
    survivor, lost = (pair.left, pair.right) if sent.survivor == "left" else (pair.right, pair.left)
    lines = comparison.facts_side_by_side(pair.left, pair.right, actor)
    taken, chosen = comparison.from_lost(lines, sent.choices, lost="right" if sent.survivor == "left" else "left")
    given: dict[str, Any] = {"taken": taken, "chosen": chosen, "reason": sent.reason, "actor": actor}
    return operations.unify(survivor=survivor, lost=lost, **given, at=clock.now())


@endpoints.post(
    "/duplicates/{int:pk}/dismiss",
    permission=permissions.MERGE,
    summary=_("Remember that two customers are not one"),
    response=PairOut,
)
def dismiss(request: HttpRequest, pk: int, sent: Reason) -> DuplicatePair:
    return operations.dismiss_pair(pair=_pair(request, pk), note=sent.reason, actor=acting(request), at=clock.now())


@endpoints.post(
    "/duplicates/{int:pk}/reopen",
    permission=permissions.MERGE,
    summary=_("Take back that two customers are not one"),
    response=PairOut,
)
def reopen(request: HttpRequest, pk: int) -> DuplicatePair:
    pair = _pair(request, pk)
    operations.reopen_pair(pair=pair, actor=acting(request), at=clock.now())
    return pair


@endpoints.get("/merges", permission=permissions.QUALITY, summary=_("Merged archives"), response=Page[MergeOut])
def merges(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """The newest first."""
    return page_of(Unification.objects.visible_to(acting(request)), paging, order=("-made_at", "-pk"), shape=list)


@endpoints.post(
    "/merges/{int:pk}/take-back", permission=permissions.MERGE, summary=_("Take a merge back"), response=MergeOut
)
def take_back(request: HttpRequest, pk: int, sent: Reason) -> Unification:
    made = get_object_or_404(Unification.objects.visible_to(acting(request)), pk=pk)
    return operations.separate(made=made, reason=sent.reason, actor=acting(request), at=clock.now())


# -- inspections ------------------------------------------------------------------------------------------------------


@endpoints.get(
    "/inspections", permission=permissions.VIEW, summary=_("Inspections of archives"), response=Page[InspectionOut]
)
def inspections(request: HttpRequest, asked: Query[InspectionQuestion], paging: Query[Paging]) -> dict[str, Any]:
    """The newest first."""
    found = Inspection.objects.visible_to(acting(request)).filter(**_given(asked, but=("is_open",)))
    if asked.is_open is not None:
        found = found.filter(closed_at__isnull=asked.is_open)
    return page_of(found.select_related("branch"), paging, order=("-drawn_on", "-pk"), shape=list)


@endpoints.post(
    "/inspections",
    permission=permissions.INSPECT,
    summary=_("Draw an irregular check"),
    response=InspectionOut,
    status=201,
)
def draw(request: HttpRequest, sent: InspectionIn) -> Inspection:
    branch = get_object_or_404(Branch.objects.visible_to(acting(request)), pk=sent.branch_id)
    given = {**sent.dict(exclude={"branch_id"}), "tiers": tuple(sent.tiers)}
    return operations.draw_irregular(branch=branch, **given, actor=acting(request), at=clock.now())


@endpoints.get(
    "/inspections/{int:pk}/archives",
    permission=permissions.VIEW,
    summary=_("Archives of an inspection"),
    response=Page[ItemOut],
)
def items(request: HttpRequest, pk: int, paging: Query[Paging]) -> dict[str, Any]:
    """Those of customers in scope."""
    inspection = get_object_or_404(Inspection.objects.visible_to(acting(request)), pk=pk)
    found = InspectionItem.objects.visible_to(acting(request)).filter(inspection=inspection)
    return page_of(found, paging, order=("pk",), shape=list)


@endpoints.post(
    "/inspections/archives/{int:pk}/pass",
    permission=permissions.INSPECT,
    summary=_("Find an archive right"),
    response=ItemOut,
)
def pass_item(request: HttpRequest, pk: int, sent: RemarkIn) -> InspectionItem:
    return _inspect(request, pk, "pass", sent)


@endpoints.post(
    "/inspections/archives/{int:pk}/fault",
    permission=permissions.INSPECT,
    summary=_("Write down what is wrong with an archive"),
    response=ItemOut,
)
def fault_item(request: HttpRequest, pk: int, sent: FaultIn) -> InspectionItem:
    return _inspect(request, pk, "fault", sent)


@endpoints.post(
    "/inspections/archives/{int:pk}/close",
    permission=permissions.INSPECT,
    summary=_("Close an inspected archive"),
    response=ItemOut,
)
def close_item(request: HttpRequest, pk: int, sent: RemarkIn) -> InspectionItem:
    return _inspect(request, pk, "close", sent)


@endpoints.post(
    "/inspections/archives/{int:pk}/answer",
    permission=permissions.EDIT,
    summary=_("Say what was done about a fault"),
    response=ItemOut,
)
def answer_item(request: HttpRequest, pk: int, sent: RemarkIn) -> InspectionItem:
    return operations.answer_item(item=_item(request, pk), text=sent.text, actor=acting(request), at=clock.now())


def _inspect(request: HttpRequest, pk: int, act: str, sent: RemarkIn) -> InspectionItem:
    return operations.inspect_item(
        item=_item(request, pk), act=act, **sent.dict(), actor=acting(request), at=clock.now()
    )


def _item(request: HttpRequest, pk: int) -> InspectionItem:
    return get_object_or_404(InspectionItem.objects.visible_to(acting(request)).select_related("customer"), pk=pk)


def _pair(request: HttpRequest, pk: int) -> DuplicatePair:
    pairs = DuplicatePair.objects.visible_to(acting(request)).select_related("left__branch", "right__branch")
    return get_object_or_404(pairs, pk=pk)


def _rate(row: RateOf) -> dict[str, Any]:
    return {
        "branch_id": row.holder.pk if isinstance(row.holder, Branch) else None,
        "owner_id": row.holder.pk if isinstance(row.holder, Staff) else None,
        **{name: getattr(row.rate, name) for name in ("effective", "idle", "complete", "rate", "share")},
    }


def _given(asked: Schema, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """The conditions that were given."""
    return asked.dict(exclude=set(but), exclude_none=True)
