"""Proposed moves: written by evaluations, decided through approvals, carried out as sets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.approvals import operations as approvals
from keheng.approvals.models import Request
from keheng.audit import operations as audit
from keheng.common import events
from keheng.common.clock import SHANGHAI
from keheng.customers.feeds.turns import take_bulk_turn
from keheng.notices import operations as notices
from keheng.notices.operations import Message
from keheng.org.models import Staff
from keheng.org.queries import system_actor
from keheng.tiering.enums import Direction
from keheng.tiering.errors import TieringError
from keheng.tiering.events import TiersMoved
from keheng.tiering.models import Run, in_language

KINDS = {Direction.UP: "tiering.upgrade", Direction.DOWN: "tiering.downgrade"}
SUBJECT = "tiering.proposal"


def propose(run: Run, routes: str, at: datetime) -> dict[str, int]:
    """Ask for the moves of ``tiering_due`` that need approval; drop open proposals that are no longer due.

    Args:
        routes: SQL of the routes, as the evaluation has them.

    Raises:
        TieringError: no limits say who may approve.
    """
    params = {"run": run.pk, "scheme": run.scheme_id, "version": run.version_id, "as_of": run.as_of}
    _lapse(run, routes, params, at)
    made = _run(
        f"""
        insert into tiering_proposal (scheme_id, run_id, customer_id, branch_id, direction, from_tier, to_tier,
               from_rank, to_rank, aum, observed, state, proposed_on, metric, value, threshold, door, version_id)
        select %(scheme)s, %(run)s, due.customer_id, due.branch_id, due.direction, due.held, routes.tier,
               due.held_rank, routes.rank, c.aum, due.observed, 'open', %(as_of)s::date,
               routes.metric, due.value, routes.threshold, routes.door, %(version)s
          from tiering_due due join {routes} on routes.number = due.route
          join customers_customer c on c.id = due.customer_id
         where due.needs_approval and not exists (
               select from tiering_proposal p
                where p.scheme_id = %(scheme)s and p.customer_id = due.customer_id and p.state in ('open', 'pending'))
        returning direction
        """,
        params,
    )
    counts = {way.value: sum(row[0] == way.value for row in made) for way in KINDS}
    if made:
        actor = system_actor()
        for way, kind in KINDS.items():
            if counts[way.value]:
                _ask(run, way, kind, actor, at)
    return counts


def _lapse(run: Run, routes: str, params: dict[str, Any], at: datetime) -> None:
    gone = _run(
        f"""
        update tiering_proposal p set state = 'lapsed', decided_on = greatest(%(as_of)s::date, p.proposed_on)
         where p.scheme_id = %(scheme)s and p.state in ('open', 'pending') and not exists (
               select from tiering_due due join {routes} on routes.number = due.route
                where due.customer_id = p.customer_id and due.direction = p.direction and routes.tier = p.to_tier)
        returning p.id
        """,
        params,
    )
    if gone:
        approvals.withdraw_many(
            requests=Request.objects.filter(subject_type=SUBJECT, subject_id__in=[row[0] for row in gone]),
            actor=system_actor(),
            reason=_("No longer due by the evaluation of %(day)s.") % {"day": run.as_of},
            at=at,
        )


def _ask(run: Run, way: Direction, kind: str, actor: Staff, at: datetime) -> None:
    names = [(tier.code, in_language(tier)) for tier in run.version.rules.tiers]
    step = run.version.rules.movement.downgrade if way == Direction.DOWN else run.version.rules.movement.upgrade
    below = way == Direction.DOWN
    one = _("Below the tier.") if below else _("Meets the higher tier.")
    several = _("Below the tier at %(count)d month ends in a row.") if below else _("Meets it at %(count)d month ends.")
    reason = one if step.month_ends == 1 else several % {"count": step.month_ends}
    try:
        approvals.ask_many(
            kind=kind,
            rows="""
                select %(way)s || '：' || old.name || ' → ' || new.name as title, %(subject)s as subject_type,
                       p.id as subject_id, c.name as subject_label, %(page)s || c.id || '/' as subject_url,
                       p.branch_id, p.aum as amount, greatest(p.from_rank, p.to_rank)::int as rank,
                       '{}'::jsonb as payload
                  from tiering_proposal p
                  join customers_customer c on c.id = p.customer_id
                  join unnest(%(codes)s::text[], %(names)s::text[]) as old(code, name) on old.code = p.from_tier
                  join unnest(%(codes)s::text[], %(names)s::text[]) as new(code, name) on new.code = p.to_tier
                 where p.run_id = %(run)s and p.direction = %(direction)s and p.state = 'open'
            """,
            params={
                "way": str(way.label),
                "subject": SUBJECT,
                "page": reverse("customer", args=[0]).removesuffix("0/"),
                "codes": [code for code, _name in names],
                "names": [name for _code, name in names],
                "run": run.pk,
                "direction": way.value,
            },
            actor=actor,
            reason=reason,
            at=at,
            target=run,
        )
    except ValidationError as error:
        raise TieringError(" ".join(error.messages)) from error


@transaction.atomic
def carry_out_decisions(*, actor: Staff, at: datetime) -> int:
    """Carry out what has been decided on open proposals; approved moves hold from the day that their version names.

    Works from what stands in the tables, so that a decision whose news was lost is carried out the next time, and a
    move that takes effect later on its day. Returns how many customers moved.
    """
    take_bulk_turn()
    today = at.astimezone(SHANGHAI).date()
    params: dict[str, Any] = {"today": today, "subject": SUBJECT}
    for statement in (_ANSWERS, _DUE, _SETTLED):
        _run(statement, params)
    moves = [row[0] for row in _run(_MOVES, params)]
    for statement in (_STANDINGS, _COPIES, _RUNS, _TALLIES, _NEW_TALLIES, *_COUNTED):
        _run(statement, params)
    told = _run(
        """select owner_id, direction, count(*), s.code
             from tiering_decided d join tiering_scheme s on s.id = d.scheme_id
            where owner_id is not null group by owner_id, direction, s.code""",
        params,
    )
    _run("drop table tiering_decided", params)
    if moves:
        tell_owners([(owner, Direction(way), count, _approved(code, way)) for owner, way, count, code in told], at)
        audit.record("tiering.approved", actor=actor, at=at, detail={"count": len(moves)})
        events.publish(TiersMoved(tuple(moves), at))
    return len(moves)


def tell_owners(counts: Sequence[tuple[int, Direction, int, str]], at: datetime) -> None:
    """Tell whoever answers for customers how many of them have moved, with the page that lists them."""
    sentences = {
        Direction.UP: _("%(count)d of your customers have risen a tier."),
        Direction.DOWN: _("%(count)d of your customers have gone down a tier."),
    }
    messages = [Message(owner, sentences[way] % {"count": count}, page) for owner, way, count, page in counts]
    notices.tell_each(kind="tiering.moved", messages=messages, at=at)


_ANSWERS = """
    update tiering_proposal p set decided_on = greatest(%(today)s::date, p.proposed_on), state =
           case r.state when 'approved' then 'pending' when 'refused' then 'refused' when 'returned' then 'returned'
                else 'lapsed' end,
           effective_on = case when r.state = 'approved' then greatest(p.proposed_on,
               case v.definition -> 'movement' ->> 'effective'
                    when 'next_day' then %(today)s::date + 1
                    when 'next_month' then (date_trunc('month', %(today)s::date) + interval '1 month')::date
                    else %(today)s::date end) end
      from approvals_request r, tiering_schemeversion v
     where p.state = 'open' and r.subject_type = %(subject)s and r.subject_id = p.id and r.state <> 'open'
       and v.id = p.version_id
"""
_DUE = """
    create temporary table tiering_decided on commit drop as
    select p.*, held.customer_id is not null as stands, c.owner_id, c.aum as aum_now
      from tiering_proposal p
      join customers_customer c on c.id = p.customer_id
      left join tiering_standing held
        on held.scheme_id = p.scheme_id and held.customer_id = p.customer_id and held.tier = p.from_tier
     where p.state = 'pending' and p.effective_on <= %(today)s::date
"""
_SETTLED = """
    with settled as (
        update tiering_proposal p set state = case when d.stands then 'approved' else 'lapsed' end
          from tiering_decided d where d.id = p.id
    )
    delete from tiering_decided where not stands
"""
_MOVES = """
    insert into tiering_move (run_id, customer_id, branch_id, direction, from_tier, to_tier,
                              metric, value, threshold, door, version_id, effective_on)
    select run_id, customer_id, branch_id, direction, from_tier, to_tier, metric, value, threshold, door, version_id,
           effective_on
      from tiering_decided order by id
    returning id
"""
_STANDINGS = """
    update tiering_standing held
       set (tier, rank, since, run_id, version_id, metric, value, threshold, door) =
           (d.to_tier, d.to_rank, d.effective_on, d.run_id, d.version_id, d.metric, d.value,
            d.threshold, d.door)
      from tiering_decided d where held.scheme_id = d.scheme_id and held.customer_id = d.customer_id
"""
_COPIES = """
    update customers_customer c set tier = d.to_tier, tier_rank = d.to_rank
      from (select d.* from tiering_decided d join tiering_scheme s on s.id = d.scheme_id and s.is_primary) d
     where c.id = d.customer_id
"""
_RUNS = """
    update tiering_run run set up = run.up + n.up, down = run.down + n.down
      from (select run_id, count(*) filter (where direction = 'up') as up,
                   count(*) filter (where direction = 'down') as down from tiering_decided group by run_id) n
     where run.id = n.run_id
"""
_BY_TALLY = """
    (select run_id, branch_id, owner_id, to_tier, count(*) filter (where direction = 'up') as up,
            count(*) filter (where direction = 'down') as down
       from tiering_decided group by run_id, branch_id, owner_id, to_tier) n
"""
_SAME = """
    t.run_id = n.run_id and t.branch_id = n.branch_id and t.owner_id is not distinct from n.owner_id
    and t.tier = n.to_tier
"""
_TALLIES = f"update tiering_tally t set up = t.up + n.up, down = t.down + n.down from {_BY_TALLY} where {_SAME}"
_NEW_TALLIES = f"""
    insert into tiering_tally (run_id, branch_id, owner_id, tier, customers, aum, new, up, down)
    select n.run_id, n.branch_id, n.owner_id, n.to_tier, 0, 0, 0, n.up, n.down from {_BY_TALLY}
     where not exists (select from tiering_tally t where {_SAME})
"""
_TURNED = """
    (select run.id as run_id, d.branch_id, d.owner_id, turn.tier, sum(turn.change) as customers,
            sum(turn.change * d.aum_now) as aum
       from tiering_decided d
       join tiering_run run on run.scheme_id = d.scheme_id and run.applied and run.state = 'done'
        and run.as_of >= d.effective_on
      cross join lateral (values (d.from_tier, -1), (d.to_tier, 1)) as turn (tier, change)
      group by 1, 2, 3, 4) n
"""
_THERE = """
    t.run_id = n.run_id and t.branch_id = n.branch_id and t.owner_id is not distinct from n.owner_id
    and t.tier = n.tier
"""
_COUNTED = (
    f"""update tiering_tally t set customers = greatest(t.customers + n.customers, 0), aum = t.aum + n.aum
          from {_TURNED} where {_THERE}""",
    f"""insert into tiering_tally (run_id, branch_id, owner_id, tier, customers, aum, new, up, down)
        select n.run_id, n.branch_id, n.owner_id, n.tier, n.customers, n.aum, 0, 0, 0 from {_TURNED}
         where n.customers > 0 and not exists (select from tiering_tally t where {_THERE})""",
    f"""update tiering_run run set distribution = run.distribution || n.found
          from (select run_id, jsonb_object_agg(tier, customers) as found
                  from (select run_id, tier, sum(customers) as customers from tiering_tally
                         where run_id in (select run_id from {_TURNED}) group by 1, 2) t group by 1) n
         where n.run_id = run.id""",
)
"""An evaluation of the day on which a move takes effect counts the customer in the tier that is then held."""


def _approved(code: str, way: str) -> str:
    return f"{reverse('tiering-proposals', args=[code])}?state=approved&direction={way}"


def _run(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []
