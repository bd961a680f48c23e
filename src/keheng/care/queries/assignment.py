"""The rules of assignment in force, who could look after a set of customers, and how they would be shared out (A3)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.utils.translation import gettext as _

from keheng.care.models import AssignmentVersion, CoverPeriod, Ownership, StaffSkill
from keheng.care.policies.assignment import AssignmentRules, Group, Position, Shares, TierRule, share_out
from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Customer
from keheng.org.enums import BranchKind
from keheng.org.models import Branch, Staff
from keheng.tiering.models import Scheme
from keheng.versions.queries import InForce, OnePersonRules

RULES = OnePersonRules(AssignmentVersion, AssignmentRules, Path(__file__).parents[1] / "presets" / "assignment.yaml")
_FAR = 99


def rules_in_force() -> InForce[AssignmentRules]:
    """The rules of assignment."""
    return RULES.in_force()


def preset() -> AssignmentRules:
    """What ships with the product."""
    return RULES.shipped()


@dataclass(frozen=True)
class Load:
    """How much somebody looks after."""

    customers: int = 0
    aum: Decimal = Decimal(0)


def loads_of(staff_ids: Collection[int]) -> dict[int, Load]:
    """Customers who are not closed and their AUM, by owner; one query."""
    owned = Customer.objects.filter(owner__in=staff_ids).exclude(status=CustomerStatus.CLOSED).order_by()
    rows = owned.values_list("owner").annotate(number=Count("pk"), total=Sum("aum"))
    return {owner: Load(number, total) for owner, number, total in rows}


# -- who fits a position ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """A candidate: where they work, in which role and post, what they can."""

    id: int
    name: str
    role: str
    title: str
    branch_id: int
    skills: frozenset[str]


class People:
    """Everybody who may be chosen on a day: active, in a role that the rules name, not away. Four queries for all."""

    def __init__(self, rules: AssignmentRules, on: date, without: Collection[int] = ()) -> None:
        roles = {role for rule in rules.tiers for one in positions_of(rule) for role in one.roles}
        away = set(CoverPeriod.objects.on(on).values_list("staff", flat=True)) | set(without)
        skills: dict[int, set[str]] = defaultdict(set)
        for staff_id, skill in StaffSkill.objects.values_list("staff", "skill"):
            skills[staff_id].add(skill)
        found = Staff.objects.filter(role__code__in=roles, is_active=True).order_by("pk")
        self.by_id = {
            one.pk: Person(one.pk, one.name, one.role.code, one.title, one.branch_id, frozenset(skills.get(one.pk, ())))
            for one in found
            if one.pk not in away
        }
        self.at: dict[int, list[Person]] = defaultdict(list)
        for person in self.by_id.values():
            self.at[person.branch_id].append(person)
        self.branches = {branch.pk: branch for branch in Branch.objects.all()}
        self.capacity = {
            person.id: rules.capacity[person.role] for person in self.by_id.values() if person.role in rules.capacity
        }

    def fit_for(self, position: Position, branch_id: int) -> list[Person]:
        """Those who may hold a position for customers of a branch; a post counts where somebody bears it."""
        place = self._place(branch_id, position.level)
        fit = [
            person
            for person in self.at[place]
            if person.role in position.roles and person.skills.issuperset(position.requires)
        ]
        bearing = [person for person in fit if any(post in person.title for post in position.posts)]
        return bearing or fit

    def choices(
        self, position: Position, branch_id: int, home_id: int | None, needs: frozenset[str]
    ) -> list[list[int]]:
        """The candidates by preference: what customers need, then the distance to the branch of their owner."""
        fit = {person.id: person for person in self.fit_for(position, branch_id)}
        if home_id is not None and home_id != branch_id and position.level == "outlet":
            fit |= {person.id: person for person in self.fit_for(position, home_id)}
        classes: dict[tuple[int, int], list[int]] = defaultdict(list)
        for person in fit.values():
            lacking = len(needs - person.skills)
            classes[lacking, self.distance(person.branch_id, home_id or branch_id)].append(person.id)
        return [classes[key] for key in sorted(classes)]

    def distance(self, one: int, other: int) -> int:
        """Steps between two branches in the tree."""
        if one not in self.branches or other not in self.branches:
            return _FAR
        left, right = self.branches[one].path.split("/"), self.branches[other].path.split("/")
        common = 0
        for mine, theirs in zip(left, right, strict=False):
            if mine != theirs:
                break
            common += 1
        return len(left) + len(right) - 2 * common

    def _place(self, branch_id: int, level: str) -> int:
        branch = self.branches[branch_id]
        if level == "outlet":
            return branch_id
        above = sorted(
            (one for one in self.branches.values() if branch.path.startswith(one.path)), key=lambda one: len(one.path)
        )
        if level == "branch":
            of_kind = [one for one in above if one.kind == BranchKind.BRANCH]
            return (of_kind or above)[-1 if of_kind else 0].pk
        return above[0].pk


def positions_of(rule: TierRule) -> list[Position]:
    """Every position that a rule names."""
    return [rule.owner, *([rule.older] if rule.older else []), *rule.beside]


# -- sharing a set out -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A group of the chosen customers: who may look after them follows from these columns."""

    number: int
    branch_id: int
    home_id: int | None
    kind: str
    tier: str
    older: bool
    needs: frozenset[str]
    count: int


@dataclass(frozen=True)
class Sharing:
    """The outcome for a set of customers: shares by group and person, who is left over and why."""

    shares: Shares
    parts: dict[int, Part]
    people: People
    before: dict[int, Load]
    why: dict[int, str]
    rules: AssignmentRules

    def beside(self) -> Iterable[tuple[int, str, list[int]]]:
        """The parts beside the owner to be filled: ``(group, part, candidates)``."""
        for part in self.parts.values():
            rule = self.rules.rule_for(part.kind, part.tier)
            for beside in rule.beside if rule else ():
                fit = [person.id for person in self.people.fit_for(beside, part.branch_id)]
                if fit:
                    yield part.number, beside.part, fit


def keeping_owner(customers: "QuerySet[Customer]", rules: AssignmentRules) -> "QuerySet[Customer]":
    """Those whose owner stays whatever a batch says: adopted, or chosen by the customer (A3 [004b2])."""
    held = Ownership.objects.current().owners().filter(customer=OuterRef("pk"), source__in=rules.kept)
    return customers.filter(Exists(held))


def choose(
    customer_ids: Collection[int], rules: AssignmentRules, on: date, kept: Collection[str] = ()
) -> dict[int, Part]:
    """Put these customers into the temporary table ``care_chosen``, and return the groups into which they fall.

    Columns: ``customer_id, before_id`` (the owner), ``aum, part``. Closed customers are left out.

    Args:
        kept: sources of ownership; customers whose owner came to them so are left out too.
    """
    tiers, joins, given = _tiers(rules)
    limits = [(kind, rule.tier, rule.max_age) for kind, rule in _deciding(rules) if rule.max_age]
    given |= {
        "ids": list(customer_ids),
        "on": on,
        "kept": list(kept),
        "kinds": [kind for kind, _tier, _age in limits],
        "limited": [tier for _kind, tier, _age in limits],
        "ages": [age for _kind, _tier, age in limits],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            create temporary table care_chosen on commit drop as
            select *, dense_rank() over (order by branch_id, home_id, kind, tier, older, needs)::int as part
              from (select found.*, coalesce(
                               found.birth_date <= %(on)s::date - make_interval(years => age.most + 1), false) as older
                      from (select c.id as customer_id, c.owner_id as before_id, c.aum, c.branch_id, c.kind,
                                   c.birth_date, coalesce({tiers}, '') as tier, owner.branch_id as home_id,
                                   coalesce((select string_agg(skill, ',' order by skill) from care_customerneed need
                                              where need.customer_id = c.id), '') as needs
                              from customers_customer c
                              left join org_staff owner on owner.id = c.owner_id {joins}
                             where c.id = any(%(ids)s) and c.status <> 'closed'
                                 and not exists (select from care_ownership held
                                                  where held.customer_id = c.id and held.part = 'owner'
                                                    and upper_inf(held.period)
                                                    and held.source = any(%(kept)s))) found
                      left join unnest(%(kinds)s::text[], %(limited)s::text[], %(ages)s::int[])
                             as age (kind, tier, most)
                        on (age.kind, age.tier) = (found.kind, found.tier)) known
            """,
            given,
        )
        cursor.execute("analyze care_chosen")
        cursor.execute(
            """select part, branch_id, home_id, kind, tier, older, needs, count(*)
                 from care_chosen group by part, branch_id, home_id, kind, tier, older, needs order by part"""
        )
        return {
            number: Part(number, branch, home, kind, tier, older, frozenset(filter(None, needs.split(","))), count)
            for number, branch, home, kind, tier, older, needs, count in cursor.fetchall()
        }


def share(parts: dict[int, Part], rules: AssignmentRules, on: date, without: Collection[int] = ()) -> Sharing:
    """Work out who of the day's people gets how many of each group; the customers themselves are not looked at."""
    people, groups, why = People(rules, on, without), [], {}
    for part in parts.values():
        rule = rules.rule_for(part.kind, part.tier)
        position = (rule.older if part.older and rule.older else rule.owner) if rule else None
        choices = people.choices(position, part.branch_id, part.home_id, part.needs) if position else []
        groups.append(Group(part.number, part.count, tuple(tuple(one) for one in choices)))
        if not rule:
            why[part.number] = _("No rule names who looks after this tier.")
        elif not choices:
            why[part.number] = _("Nobody at the place holds the position.")
        else:
            why[part.number] = _("Everybody who fits is at capacity.")
    candidates = {staff_id for group in groups for one in group.choices for staff_id in one}
    before = loads_of(candidates)
    loads = {staff_id: load.customers for staff_id, load in before.items()}
    return Sharing(share_out(groups, loads, people.capacity), parts, people, before, why, rules)


def deal(sharing: Sharing) -> None:
    """Give each customer of ``care_chosen`` to a person, as the shares say, in ``care_moves``.

    In each group the customers in order of AUM go round the people in the rhythm of their shares, so that the amounts
    spread as evenly as the heads.
    """
    rows = [(part, staff_id, number) for (part, staff_id), number in sharing.shares.given.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            create temporary table care_moves on commit drop as
            with ranked as (
                select customer_id, before_id, aum, part,
                       row_number() over (partition by part order by aum desc, customer_id) as place
                  from care_chosen
            ), dealt as (
                select part, staff_id, row_number() over (partition by part order by (turn - 0.5) / number, staff_id)
                       as place
                  from unnest(%(parts)s::int[], %(staff)s::bigint[], %(numbers)s::int[])
                       as one (part, staff_id, number),
                       generate_series(1, number) as turn
            )
            select customer_id, staff_id, before_id, null::bigint as credit_to_id, aum, part
              from ranked join dealt using (part, place)
            """,
            {
                "parts": [part for part, _staff, _number in rows],
                "staff": [staff for _part, staff, _number in rows],
                "numbers": [number for _part, _staff, number in rows],
            },
        )
        cursor.execute("analyze care_moves (customer_id)")


def _deciding(rules: AssignmentRules) -> list[tuple[str, TierRule]]:
    return [(kind, rule) for kind, scheme in rules.schemes.items() for rule in rules.tiers if rule.scheme == scheme]


def _tiers(rules: AssignmentRules) -> tuple[str, str, dict[str, Any]]:
    """SQL of the tier that decides: the customer's own in the primary scheme of the kind, else that of the standing."""
    schemes = {scheme.code: scheme for scheme in Scheme.objects.filter(code__in=rules.schemes.values())}
    cases, joins, given = [], [], {}
    for kind, code in rules.schemes.items():
        scheme = schemes.get(code)
        if scheme is None or scheme.is_primary:
            cases.append(f"when '{kind}' then c.tier")
            continue
        joins.append(
            f"left join tiering_standing {kind}_standing on {kind}_standing.customer_id = c.id"
            f" and {kind}_standing.scheme_id = %({kind}_scheme)s and c.kind = '{kind}'"
        )
        cases.append(f"when '{kind}' then {kind}_standing.tier")
        given[f"{kind}_scheme"] = scheme.pk
    return f"case c.kind {' '.join(cases)} end", " ".join(joins), given
