"""The lobby of an outlet as it stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from keheng.care.enums.lobby import TicketState
from keheng.care.enums.ownership import ReferralState
from keheng.care.models import LobbyTicket, Referral
from keheng.care.policies.lobby import Waiting, call_order
from keheng.care.queries.rules import lobby_rules
from keheng.common.clock import SHANGHAI
from keheng.org.models import Branch


@dataclass(frozen=True)
class Lobby:
    """Today's tickets of one outlet. ``waiting`` stands in the order in which they are called."""

    waiting: list[LobbyTicket]
    serving: list[LobbyTicket]
    done: list[LobbyTicket]
    longest: timedelta
    mean: timedelta
    is_long: bool

    @property
    def served(self) -> int:
        return sum(ticket.state == TicketState.SERVED for ticket in self.done)


def lobby(branch: Branch, at: datetime) -> Lobby:
    """The queue of an outlet at a moment; three queries. ``mean`` is over those called today.

    Each ticket knows its ``wait``, whether it ``is_long``, and the ``referral`` of its customer today, if any.
    """
    rules = lobby_rules()
    tickets = list(
        LobbyTicket.objects.filter(branch=branch, day=at.astimezone(SHANGHAI).date())
        .select_related("customer__owner", "customer__branch", "called_by")
        .order_by("taken_at", "pk")
    )
    begins = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    known = [ticket.customer_id for ticket in tickets if ticket.customer_id]
    referrals = Referral.objects.filter(customer__in=known, offered_at__gte=begins).exclude(
        state=ReferralState.WITHDRAWN
    )
    referred = {one.customer_id: one for one in referrals.select_related("taker").order_by("offered_at", "pk")}
    for ticket in tickets:
        ticket.referral = referred.get(ticket.customer_id or 0)  # type: ignore[attr-defined]
        ticket.wait = ticket.waited(at)  # type: ignore[attr-defined]
        ticket.is_long = rules.is_long(ticket.waited(at))  # type: ignore[attr-defined]
    by_key = {ticket.pk: ticket for ticket in tickets}
    standing = [
        Waiting(ticket.pk, ticket.taken_at, ticket.is_priority)
        for ticket in tickets
        if ticket.state == TicketState.WAITING
    ]
    called = [ticket.waited(at) for ticket in tickets if ticket.called_at]
    longest = max((at - one.taken_at for one in standing), default=timedelta())
    return Lobby(
        waiting=[by_key[key] for key in call_order(standing, rules, at)],
        serving=[ticket for ticket in tickets if ticket.state == TicketState.SERVING],
        done=[ticket for ticket in reversed(tickets) if ticket.finished_at],
        longest=longest,
        mean=sum(called, timedelta()) / len(called) if called else timedelta(),
        is_long=rules.is_long(longest),
    )
