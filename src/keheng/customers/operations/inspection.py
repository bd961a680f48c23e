"""Inspecting archives: drawing samples, writing down what is wrong, answering, closing (A14: every Friday)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.clock import SHANGHAI
from keheng.customers import permissions, queries
from keheng.customers.enums import InspectionKind, ItemState, RuleTopic
from keheng.customers.models import Inspection, InspectionItem
from keheng.customers.policies.inspection import follows
from keheng.customers.policies.quality import InspectionRules
from keheng.org.models import Branch, Staff
from keheng.org.queries import system_actor


@transaction.atomic
def draw_weekly(*, at: datetime) -> int:
    """Draw this week's sample of every branch that keeps customers, once; return how many lists there are new."""
    in_force = queries.quality_rules(RuleTopic.INSPECTION)
    rules: InspectionRules = in_force.rules
    day = at.astimezone(SHANGHAI).date()
    if day.weekday() != rules.weekday:
        return 0
    known = Inspection.objects.filter(kind=InspectionKind.WEEKLY, drawn_on=day).values("branch_id")
    branches = Branch.objects.filter(pk__in=_branches_with_customers(), is_active=True).exclude(pk__in=known)
    made = [
        Inspection(
            kind=InspectionKind.WEEKLY,
            branch=branch,
            title="",
            drawn_on=day,
            due_on=day + timedelta(days=rules.days),
            rules=in_force.number,
            drawn_by=system_actor(),
        )
        for branch in branches
    ]
    Inspection.objects.bulk_create(made)
    _draw([inspection.pk for inspection in made], rules, day)
    if made:
        record("customers.draw_inspection", actor=system_actor(), at=at, detail={"count": len(made)})
    return len(made)


@transaction.atomic
def draw_irregular(
    *,
    branch: Branch,
    title: str,
    due_on: date,
    count: int,
    tiers: tuple[str, ...] = (),
    score_below: int | None = None,
    owner: Staff | None = None,
    actor: Staff,
    at: datetime,
) -> Inspection:
    """Draw customers of a branch, and the branches below it, by a filter (A1: irregular HQ checks).

    Raises:
        ValidationError: nobody fits, or the day has gone by.
    """
    permissions.check_inspect(actor)
    permissions.check_branch(actor, branch)
    day = at.astimezone(SHANGHAI).date()
    if due_on < day:
        raise ValidationError({"due_on": _("This day has gone by.")})
    inspection = Inspection.objects.create(
        kind=InspectionKind.IRREGULAR,
        branch=branch,
        title=title.strip() or _("Irregular check of %(branch)s") % {"branch": branch.name},
        drawn_on=day,
        due_on=due_on,
        rules=queries.quality_rules(RuleTopic.INSPECTION).number,
        drawn_by=actor,
    )
    branches = list(Branch.objects.subtree_of(branch).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            insert into customers_inspectionitem
                   (inspection_id, customer_id, owner_id, score, state, finding, answer)
            select %(inspection)s, c.id, c.owner_id, score.score, 'open', '', ''
              from customers_customer c left join customers_archivescore score on score.customer_id = c.id
             where c.status = 'active' and c.branch_id = any(%(branches)s)
               {"and c.tier = any(%(tiers)s)" if tiers else ""}
               {"and c.owner_id = %(owner)s" if owner else ""}
               {"and score.score < %(below)s" if score_below is not None else ""}
             order by md5(c.id::text || %(inspection)s::text) limit %(count)s
            """,
            {
                "inspection": inspection.pk,
                "branches": branches,
                "tiers": list(tiers),
                "owner": owner.pk if owner else None,
                "below": score_below,
                "count": count,
            },
        )
        drawn = cursor.rowcount
    if not drawn:
        raise ValidationError(_("No customer fits this filter. Widen it."))
    record("customers.draw_inspection", actor=actor, at=at, target=inspection, detail={"count": drawn})
    return inspection


def inspect_item(
    *, item: InspectionItem, act: str, text: str = "", fix_by: date | None = None, actor: Staff, at: datetime
) -> InspectionItem:
    """Say that an archive is right (``pass``), what is wrong with it (``fault``), or that it is settled (``close``).

    Raises:
        ValidationError: somebody else was quicker, or nothing is said of what is wrong.
    """
    permissions.check_inspect_item(actor, item)
    if act == "fault" and not text.strip():
        raise ValidationError({"text": _("Say what is wrong and what the owner is to do.")})

    def write(held: InspectionItem) -> None:
        held.inspected_by, held.inspected_at = actor, at
        if act == "fault":
            days = queries.quality_rules(RuleTopic.INSPECTION).rules.fix_days
            held.finding = text.strip()
            held.fix_by = fix_by or at.astimezone(SHANGHAI).date() + timedelta(days=days)
            held.answer, held.answered_at = "", None
        else:
            held.closed_at = at

    return _step(item, act, write=write, actor=actor, at=at, text=text)


def answer_item(*, item: InspectionItem, text: str, actor: Staff, at: datetime) -> InspectionItem:
    """Say what was done about a fault; the owner does, or whoever edits the archive for them.

    Raises:
        ValidationError: somebody else was quicker, or nothing is said.
    """
    permissions.check_edit(actor, item.customer)
    if not text.strip():
        raise ValidationError({"text": _("Say what you have done.")})

    def write(held: InspectionItem) -> None:
        held.answer, held.answered_at = text.strip(), at

    return _step(item, "answer", write=write, actor=actor, at=at, text=text)


@transaction.atomic
def _step(
    item: InspectionItem, act: str, *, write: Callable[[InspectionItem], None], actor: Staff, at: datetime, text: str
) -> InspectionItem:
    held = InspectionItem.objects.select_for_update(of=("self",)).select_related("customer").get(pk=item.pk)
    state = follows(act, ItemState(held.state))
    if state is None:
        raise ValidationError(_("Somebody has gone on with this archive meanwhile. Load the page anew."))
    write(held)
    held.state = state
    held.save()
    detail: dict[str, Any] = {"state": state.value}
    record(f"customers.inspection_{act}", actor=actor, at=at, target=held.customer, reason=text.strip(), detail=detail)
    others = InspectionItem.objects.filter(inspection_id=held.inspection_id).exclude(state=ItemState.CLOSED)
    Inspection.objects.filter(pk=held.inspection_id).update(closed_at=None if others.exists() else at)
    item.refresh_from_db()
    return item


def _branches_with_customers() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from org_branch branch where exists ("
            "select from customers_customer c where c.branch_id = branch.id and c.owner_id is not null)"
        )
        return [row[0] for row in cursor.fetchall()]


def _draw(inspections: list[int], rules: InspectionRules, day: date) -> None:
    """Fill the lists of a day: by owner and sample those inspected the longest ago, then by lot. One statement."""
    named = [(place, tier) for place, sample in enumerate(rules.samples) for tier in sample.tiers]
    rest = next((place for place, sample in enumerate(rules.samples) if not sample.tiers), -1)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            with sampled as (
                select inspection.id as inspection_id, c.id as customer_id, c.owner_id, score.score,
                       coalesce(named.place, %(rest)s) as place, seen.last
                  from customers_inspection inspection
                  join customers_customer c on c.branch_id = inspection.branch_id
                  left join customers_archivescore score on score.customer_id = c.id
                  left join unnest(%(places)s::int[], %(tiers)s::text[]) as named (place, tier) on named.tier = c.tier
                  left join (select item.customer_id, max(other.drawn_on) as last
                               from customers_inspectionitem item
                               join customers_inspection other on other.id = item.inspection_id
                              group by 1) seen on seen.customer_id = c.id
                 where inspection.id = any(%(inspections)s) and c.status = 'active' and c.owner_id is not null
                   and (seen.last is null or seen.last <= %(again)s)
            ), ranked as (
                select sampled.*, row_number() over (
                           partition by inspection_id, owner_id, place
                           order by last nulls first, md5(customer_id::text || %(day)s::text)) as turn
                  from sampled
            )
            insert into customers_inspectionitem (inspection_id, customer_id, owner_id, score, state, finding, answer)
            select inspection_id, customer_id, owner_id, score, 'open', '', ''
              from ranked join unnest(%(order)s::int[], %(each)s::int[]) as sample (place, each) using (place)
             where turn <= sample.each
            """,
            {
                "inspections": inspections,
                "rest": rest,
                "places": [place for place, _tier in named],
                "tiers": [tier for _place, tier in named],
                "order": list(range(len(rules.samples))),
                "each": [sample.each for sample in rules.samples],
                "again": day - timedelta(days=rules.not_again_days),
                "day": day,
            },
        )
