"""Proposed moves in words."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from keheng.approvals.models import Request
from keheng.tiering.models import Proposal
from keheng.tiering.policies import reading
from keheng.tiering.policies.metrics import METRICS
from keheng.tiering.queries.schemes import TierLabel, labels_of


def proposals_in_words(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Set ``before``, ``after`` (labels) and ``evidence``; schemes are to be loaded with them."""
    schemes = {proposal.scheme_id: proposal.scheme for proposal in proposals}
    labels = {key: labels_of(scheme) for key, scheme in schemes.items()}
    for proposal in proposals:
        known = labels[proposal.scheme_id]
        proposal.before = known.get(proposal.from_tier)  # type: ignore[attr-defined]
        proposal.after = known.get(proposal.to_tier)  # type: ignore[attr-defined]
        proposal.evidence = _in_a_line(_observed(proposal, known))  # type: ignore[attr-defined]
    return list(proposals)


def observations(proposal: Proposal, labels: dict[str, TierLabel]) -> list[tuple[str, str]]:
    """What a proposal rests on: a day, and the value and tier of that day."""
    return [(day, f"{figure} {tier}".strip()) for day, figure, tier in _observed(proposal, labels)]


def _observed(proposal: Proposal, labels: dict[str, TierLabel]) -> list[tuple[str, str, str]]:
    told = []
    for seen in proposal.observed or ():
        value = Decimal(str(seen["value"])) if seen["value"] is not None else None
        known = proposal.metric in METRICS and METRICS[proposal.metric].is_number and value is not None
        figure = reading.quantity_held(proposal.metric, value) if known else ""
        label = labels.get(seen["tier"])
        told.append((seen["day"], figure, label.name if label else seen["tier"]))
    return list(dict.fromkeys(told))  # the day of the proposal may be the last month end


def _in_a_line(observed: Sequence[tuple[str, str, str]]) -> str:
    """Short enough for a column: the tier once for the days that it holds, the year where it changes.

    ``2026-08-31 17.23万、09-30 11.02万、10-31 6.36万 成长``
    """
    told, year = [], ""
    for place, (day, figure, tier) in enumerate(observed):
        holds_on = place + 1 < len(observed) and observed[place + 1][2] == tier
        written = day if day[:4] != year else day[5:]
        told.append(" ".join(part for part in (written, figure, "" if holds_on else tier) if part))
        year = day[:4]
    return "、".join(told)


def evidence_of_request(request: Request) -> list[tuple[str, str]]:
    """The evidence on the page of a request for approval."""
    proposal = Proposal.objects.select_related("scheme", "version").filter(pk=request.subject_id or 0).first()
    if proposal is None:
        return []
    name = reading.metric_name(proposal.metric, proposal.version.rules.basis) if proposal.metric in METRICS else ""
    return [
        (_("Scheme"), f"{proposal.scheme} v{proposal.version.number}"),
        *([(_("Metric"), name)] if name else []),
        *observations(proposal, labels_of(proposal.scheme)),
    ]
