"""What keeps customers from moving at once: SQL shared by evaluations, dry runs and the customer's page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from keheng.common.clock import SHANGHAI, month_ends
from keheng.customers.models import Customer
from keheng.tiering.enums import Edge, Fate, ProposalState, ProtectionState
from keheng.tiering.models import Proposal, Protected, Standing
from keheng.tiering.policies.compiler import Rules, column
from keheng.tiering.policies.definition import Definition, Step
from keheng.tiering.policies.grace import Held, Seen, Verdict, judge
from keheng.tiering.queries.classify import Classification, rows_of
from keheng.tiering.queries.schemes import TierLabel, label_of


def waits(step: Step) -> bool:
    """Tell whether a move of this kind may have to wait."""
    return step.approval or step.month_ends > 1


def rank_case(definition: Definition, held: str = "held") -> str:
    """SQL of the rank of a tier; null for a tier that the version has dropped."""
    arms = " ".join(f"when '{tier.code}' then {tier.rank}" for tier in definition.tiers)
    return f"(case {held} {arms} end)"


def waiting_case(definition: Definition, held: str = "held") -> str:
    """SQL of the tier that a customer keeps for the time being; null for who stays or moves at once."""
    movement, rank = definition.movement, rank_case(definition, held)
    up = held if waits(movement.upgrade) else "null"
    down = held if waits(movement.downgrade) or movement.minimum_stay_days or movement.protected else "null"
    if movement.hysteresis:
        down = held
    return f"""
        case when route is null or {held} is null or (%(tiers)s::varchar[])[route] = {held} then null
             when {rank} is null then null
             when (%(ranks)s::int[])[route] > {rank} then {up}
             else {down} end::varchar
    """


def protected_case(found: Classification) -> str:
    """SQL: a protection of the version keeps the customer."""
    return f"coalesce({found.rules.protected}, false)"


def kept_case(found: Classification) -> str:
    """SQL: hysteresis keeps the customer, or a protection of the version."""
    definition, share = found.version.rules, found.version.rules.movement.hysteresis
    if not share or not definition.metric:
        return protected_case(found)
    sign = ">=" if definition.edge == Edge.LOWER else ">"
    arms = " ".join(
        f"when '{tier.code}' then {column(definition.metric)} {sign} {tier.band.lower * (1 - share)}"
        for tier in definition.tiers
        if tier.band and tier.band.lower is not None
    )
    return f"({protected_case(found)} or coalesce(case held {arms} else false end, false))"


def last_month_ends(definition: Definition, as_of: date) -> list[date]:
    """The month ends by a date that either step may ask for, oldest first."""
    count = max(definition.movement.upgrade.month_ends, definition.movement.downgrade.month_ends)
    return [day for day in month_ends(as_of, count + 1) if day <= as_of][-count:]


def ranks_of(rules: Rules) -> Mapping[str, list[Any]]:
    """The tiers and ranks of the routes, as parameters."""
    return {"tiers": [route.tier.code for route in rules.routes], "ranks": [route.tier.rank for route in rules.routes]}


# -- one customer ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outlook:
    """Why a customer has not moved yet, and where it leads.

    Attributes:
        words: the state of the grace as a sentence.
        proposal: the move that waits for somebody's approval, or for its day.
    """

    verdict: Verdict
    goal: TierLabel | None
    words: str
    proposal: Proposal | None


def outlook(customer: Customer, standing: Standing, found: Classification, at: datetime) -> Outlook | None:
    """Judge one customer by the rules in force; ``None`` where these call for the tier that is held."""
    definition, today = found.version.rules, at.astimezone(SHANGHAI).date()
    tier = definition.tier(standing.tier)
    if tier is None:
        return None
    ends = last_month_ends(definition, today)
    now = _seen(customer, found, is_month_end=False)
    if now is None or now.rank == tier.rank:
        return None
    days = [_seen(customer, Classification(found.version, found.rules, day, day), is_month_end=True) for day in ends]
    verdict = judge(
        definition.movement,
        _held(customer, standing, tier.rank, today),
        [one for one in (*days, now) if one is not None],
        month_ends=ends,
        as_of=today,
    )
    if verdict is None:
        return None
    goal = next((label_of(one) for one in definition.tiers if one.rank == verdict.rank), None)
    proposal = Proposal.objects.filter(
        scheme=standing.scheme_id, customer=customer, state__in=[ProposalState.OPEN, ProposalState.PENDING]
    ).first()
    return Outlook(verdict, goal, _words(verdict, proposal), proposal)


def _seen(customer: Customer, found: Classification, *, is_month_end: bool) -> Seen | None:
    rows = rows_of(
        f"""
        select (%(ranks)s::int[])[route] as rank, {kept_case(found)} as is_kept, {protected_case(found)} as is_protected
          from ({found.rows(only="c.id = %(customer)s")}) sorted where route is not null
        """,
        {**found.params, **ranks_of(found.rules), "customer": customer.pk},
    )
    return Seen(found.as_of, is_month_end=is_month_end, **rows[0]) if rows else None


def _held(customer: Customer, standing: Standing, rank: int, today: date) -> Held:
    answered = dict(
        Proposal.objects.filter(
            scheme=standing.scheme_id,
            customer=customer,
            from_tier=standing.tier,
            state__in=[ProposalState.REFUSED, ProposalState.RETURNED],
        )
        .order_by("decided_on")
        .values_list("state", "decided_on")
    )
    is_listed = Protected.objects.filter(
        scheme=standing.scheme_id, customer=customer, state=ProtectionState.IN_FORCE, until__gte=today
    ).exists()
    return Held(
        rank,
        standing.since,
        is_listed,
        answered.get(ProposalState.REFUSED.value),
        answered.get(ProposalState.RETURNED.value),
    )


def fate_words(fate: str, month_ends: int, needed: int) -> str:
    """A fate in words: ``等待：第 2 个月末，共 3 个``."""
    if fate == Fate.WAITS and needed > 1:
        return _("Would wait: month end {count} of {needed}").format(count=month_ends, needed=needed)
    return str(Fate(fate).label)


def _words(verdict: Verdict, proposal: Proposal | None) -> str:
    if proposal is not None:
        return (
            _("Approved; takes effect on {day}.").format(day=proposal.effective_on)
            if proposal.state == ProposalState.PENDING
            else _("Proposed on {day}, waits for approval.").format(day=proposal.proposed_on)
        )
    if verdict.fate == Fate.WAITS and verdict.needed > 1:
        if verdict.first is None:
            return _("Grace: no month end yet of {needed}.").format(needed=verdict.needed)
        return _("Grace: {count} of {needed} month ends in a row, since {first}.").format(
            count=verdict.month_ends, needed=verdict.needed, first=verdict.first
        )
    return {
        Fate.PROTECTED: _("Protected: no downgrade."),
        Fate.STAYS: _("Stays for now: the minimum stay or the tolerance below the edge holds."),
        Fate.PROPOSED: _("Due: the next evaluation proposes it for approval."),
    }.get(verdict.fate, _("The next evaluation will tell."))
