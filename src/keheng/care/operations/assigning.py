"""Assigning customers: to one person, or a set by rule, looked at before it is carried out (A3, screen 3)."""

from datetime import date, datetime, timedelta
from time import perf_counter

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Func, QuerySet
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from keheng.audit.operations import record
from keheng.care.enums.ownership import RunState, Source
from keheng.care.models import AssignmentRun, AssignmentShare
from keheng.care.operations.passing import pass_on
from keheng.care.permissions.ownership import check_assign
from keheng.care.policies.assignment import AssignmentRules
from keheng.care.queries.assignment import (
    Sharing,
    choose,
    deal,
    keeping_owner,
    rules_in_force,
    share,
)
from keheng.common.clock import SHANGHAI
from keheng.customers.feeds.turns import take_bulk_turn
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.versions.queries import InForce

ASSIGN_TASK = "care.assign"
AT_ONCE = 2_000
"""Up to so many customers are assigned while one waits; more by the worker."""


def first_contact(rules: InForce[AssignmentRules], at: datetime) -> date:
    """The day by which a new owner has contacted a customer: "at once" of [004a], as days of the rules."""
    return at.astimezone(SHANGHAI).date() + timedelta(days=rules.rules.hand_over.first_contact_days)


def check_takes(owner: Staff) -> None:
    """Refuse somebody who has left or does not see customers."""
    if not owner.is_active:
        raise ValidationError({"owner": _("%(name)s has left; choose somebody else.") % {"name": owner.name}})
    if not owner.can("customers.view"):
        raise ValidationError({"owner": _("The role of %(name)s does not view customers.") % {"name": owner.name}})


def plan_moves(customers: "QuerySet[Customer]", owner_id: int | None, credit_to_id: int | None = None) -> int:
    """Put customers who pass to one owner into ``care_moves``; return how many they are."""
    sql, params = customers.order_by().values("pk", "owner_id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""create temporary table care_moves on commit drop as
                select chosen.customer_id, %s::bigint as staff_id, chosen.before_id, %s::bigint as credit_to_id
                  from ({sql}) as chosen (customer_id, before_id)
                 where chosen.before_id is distinct from %s::bigint""",
            [owner_id, credit_to_id, *params, owner_id],
        )
        return int(cursor.rowcount)


def drop(*tables: str) -> None:
    """Drop temporary tables, so that the same transaction may move again."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"drop table if exists {table}")


@transaction.atomic
def assign(*, customers: "QuerySet[Customer]", owner: Staff, reason: str, actor: Staff, at: datetime) -> int:
    """Give customers of the actor's scope to one person; return how many changed hands.

    Raises:
        ValidationError: the person has left or sees no customers; no reason.
    """
    check_assign(actor)
    check_takes(owner)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, for the history of the customers.")})
    take_bulk_turn()
    plan_moves(Customer.objects.in_scope_of(actor).filter(pk__in=customers.order_by().values("pk")), owner.pk)
    owners = pass_on(
        source=Source.ASSIGNED,
        reason=reason.strip(),
        contact_by=first_contact(rules_in_force(), at),
        actor=actor,
        at=at,
    )
    drop("care_moves")
    if owners:
        detail = {"count": len(owners), "owner": owner.name}
        record("care.assign", actor=actor, at=at, target=owner, reason=reason.strip(), detail=detail)
    return len(owners)


# -- by rule ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def preview(*, customers: "QuerySet[Customer]", reason: str, actor: Staff, at: datetime) -> AssignmentRun:
    """Look at who would get how many of these customers by the rules in force; nobody is moved.

    Raises:
        ValidationError: no customer of the actor's scope was chosen.
    """
    check_assign(actor)
    scope = Customer.objects.in_scope_of(actor).filter(pk__in=customers.order_by().values("pk"))
    keys = list(scope.order_by().values_list("pk", flat=True))
    if not keys:
        raise ValidationError(_("No customer of your scope was chosen. Tick some in the pool."))
    in_force = rules_in_force()
    run = AssignmentRun.objects.create(
        customer_ids=keys, chosen=len(keys), rules=in_force.number, reason=reason.strip()[:200], actor=actor, made_at=at
    )
    sharing = _share(run, in_force, at)
    _keep_shares(run, sharing, _staying(run, in_force))
    drop("care_chosen", "care_moves")
    return run


@transaction.atomic
def start(*, run: AssignmentRun, actor: Staff, at: datetime) -> AssignmentRun:
    """Carry out what was looked at: at once, or by the worker where it is much.

    Raises:
        ValidationError: it has been started before.
    """
    check_assign(actor)
    held = AssignmentRun.objects.select_for_update().get(pk=run.pk)
    if held.state != RunState.PREVIEW:
        raise ValidationError(_("This assignment has been started already."))
    held.state = RunState.QUEUED
    held.save(update_fields=["state"])
    if held.chosen <= AT_ONCE:
        return carry_out(run=held, at=at)
    app.configure_task(ASSIGN_TASK).defer(run_id=held.pk)
    return held


@transaction.atomic
def carry_out(*, run: AssignmentRun, at: datetime) -> AssignmentRun:
    """Assign the customers of a run as one job; whoever has got another owner since it was looked at is left alone.

    Shares are worked out anew, so that loads of the moment count. Killed half-way it has done nothing.
    """
    began = perf_counter()
    held = (
        AssignmentRun.objects.select_for_update(of=("self",))
        .select_related("actor__branch", "actor__role")
        .get(pk=run.pk)
    )
    if held.state == RunState.DONE:
        return held
    take_bulk_turn()
    in_force = rules_in_force()
    sharing, staying = _share(held, in_force, at), _staying(held, in_force)
    owners = pass_on(
        source=Source.RULE,
        reason=held.reason,
        contact_by=first_contact(in_force, at),
        actor=held.actor,
        at=at,
    )
    _fill_parts(sharing, held.actor, at)
    _keep_shares(held, sharing, staying)
    drop("care_chosen", "care_moves")
    held.placed, held.unplaced = len(owners), held.chosen - len(owners)
    held.state, held.done_at, held.rules = RunState.DONE, at, in_force.number
    held.seconds = round(perf_counter() - began, 3)
    held.save(update_fields=["placed", "unplaced", "state", "done_at", "rules", "seconds"])
    detail = {"count": held.placed, "left_over": held.unplaced}
    record("care.assign_by_rule", actor=held.actor, at=at, target=held, reason=held.reason, detail=detail)
    return held


@transaction.atomic
def fail(*, run: AssignmentRun, failure: str) -> None:
    """Keep why a run came to nothing."""
    AssignmentRun.objects.filter(pk=run.pk).exclude(state=RunState.DONE).update(
        state=RunState.FAILED, failure=failure[:300]
    )


def _share(run: AssignmentRun, in_force: InForce[AssignmentRules], at: datetime) -> Sharing:
    today, rules = at.astimezone(SHANGHAI).date(), in_force.rules
    sharing = share(choose(run.customer_ids, rules, today, rules.kept), rules, today)
    deal(sharing)
    return sharing


def _keep_shares(run: AssignmentRun, sharing: Sharing, staying: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select staff_id, count(*), sum(aum) from care_moves group by staff_id")
        rows = cursor.fetchall()
    shares = [
        AssignmentShare(
            run=run,
            staff_id=staff_id,
            before=sharing.before[staff_id].customers if staff_id in sharing.before else 0,
            customers=number,
            aum=total,
            capacity=sharing.people.capacity.get(staff_id),
        )
        for staff_id, number, total in rows
    ]
    left: dict[str, int] = {}
    for part, number in sharing.shares.left.items():
        left[sharing.why[part]] = left.get(sharing.why[part], 0) + number
    if staying:
        left[_kept()] = staying
    shares += [AssignmentShare(run=run, why=why[:120], customers=number) for why, number in left.items()]
    run.shares.all().delete()
    AssignmentShare.objects.bulk_create(shares)
    run.placed = sum(one.customers for one in shares if one.staff_id)
    run.unplaced = run.chosen - run.placed
    run.save(update_fields=["placed", "unplaced"])


def _chosen(run: AssignmentRun) -> "QuerySet[Customer]":
    """The customers of a run, without their keys travelling to the server: they may be a hundred thousand."""
    keys = AssignmentRun.objects.filter(pk=run.pk).values(key=Func("customer_ids", function="unnest"))
    return Customer.objects.filter(pk__in=keys)


def _staying(run: AssignmentRun, in_force: InForce[AssignmentRules]) -> int:
    return keeping_owner(_chosen(run), in_force.rules).count()


def _kept() -> str:
    return _("Adopted, or chosen by the customer: the owner stays.")


def _fill_parts(sharing: Sharing, actor: Staff, at: datetime) -> None:
    """Fill the parts beside the owner that nobody has, by one statement, round the candidates."""
    rows = list(sharing.beside())
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into care_ownership (customer_id, staff_id, part, period, source, reason, given_by_id)
            select customer_id, staff_id, role, tstzrange(%(at)s, null), 'rule', '', %(actor)s
              from (select move.customer_id, move.staff_id as owner_id, one.role,
                           (string_to_array(one.people, ',')::bigint[])
                           [1 + (row_number() over (partition by one.part, one.role order by move.customer_id))
                            %% cardinality(string_to_array(one.people, ','))] as staff_id
                      from care_moves move
                      join customers_customer c on c.id = move.customer_id and c.owner_id = move.staff_id
                      join unnest(%(parts)s::int[], %(roles)s::text[], %(people)s::text[]) as one (part, role, people)
                        on one.part = move.part
                     where not exists (select from care_ownership held
                                        where held.customer_id = move.customer_id and held.part = one.role
                                          and upper_inf(held.period))) chosen
             where staff_id <> owner_id order by customer_id
            """,
            {
                "at": at,
                "actor": actor.pk,
                "parts": [part for part, _role, _people in rows],
                "roles": [role for _part, role, _people in rows],
                "people": [",".join(map(str, people)) for _part, _role, people in rows],
            },
        )


@transaction.atomic
def give_all(*, run: AssignmentRun, owner: Staff, reason: str, actor: Staff, at: datetime) -> int:
    """Give a chosen set to one person instead of sharing it out; return how many changed hands.

    Whoever was adopted, or chose the owner, stays there (A3 [004b2]).

    Raises:
        ValidationError: it has been started before, all of them stay, or :func:`assign` refuses.
    """
    held = AssignmentRun.objects.select_for_update().get(pk=run.pk)
    if held.state != RunState.PREVIEW:
        raise ValidationError(_("This assignment has been started already."))
    customers = _chosen(held)
    stay = set(keeping_owner(customers, rules_in_force().rules).values_list("pk", flat=True))
    if len(stay) == len(held.customer_ids):
        raise ValidationError(
            _("All of them were adopted, or chose their owner. Hand them over, or record what the customer chose.")
        )
    moving = customers.exclude(pk__in=stay)
    moved = assign(customers=moving, owner=owner, reason=reason, actor=actor, at=at)
    held.shares.all().delete()
    AssignmentShare.objects.create(run=held, staff=owner, customers=moved)
    if stay:
        AssignmentShare.objects.create(run=held, why=_kept(), customers=len(stay))
    held.state, held.done_at, held.reason = RunState.DONE, at, reason.strip()[:200]
    held.placed, held.unplaced = moved, held.chosen - moved
    held.save()
    return moved
