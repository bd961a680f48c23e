"""A roster as the solver's problem, as a grid, and as coverage; which rules it breaks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from django.db.models import Q

from keheng.workforce.enums import AskState, ShiftKind, WishKind
from keheng.workforce.models import Agent, Duty, Fixed, Leave, Queue, Requirement, Roster, Shift, Wish
from keheng.workforce.policies.rostering import coverage
from keheng.workforce.policies.rostering.checking import broken_rules
from keheng.workforce.policies.rostering.continuing import rest_of
from keheng.workforce.policies.rostering.problem import OFF, Member, Need, Problem
from keheng.workforce.policies.rostering.problem import Roster as Row
from keheng.workforce.policies.rostering.problem import Shift as Kind
from keheng.workforce.policies.rostering.rules import RULES, Broken, worse

TOO_FEW, TOO_MANY, TOO_FEW_ON_STANDBY = 100.0, 1.0, 10.0
_WEEKS_OF_A_CONTRACT = 4
_SEEN_BEFORE = 7
_ON_STANDBY = 0.55
"""Share of a standby team that should be there on a day."""


@dataclass(frozen=True)
class Work:
    """What one code of the problem stands for."""

    shift: Shift
    later: int
    queue: Queue | None

    @property
    def code(self) -> str:
        return f"{self.times.code}|{self.queue.pk if self.queue else ''}"

    @property
    def times(self) -> coverage.Times:
        return self.shift.times(self.later)


@dataclass(frozen=True)
class Built:
    """A roster as a problem.

    Attributes:
        agents: in the order of the problem's staff.
        work: by the codes of the problem.
        wanted: by queue, days × intervals.
        on_rota: shifts by day of the agents who follow a rota, outside the problem.
        kept: by agent the duties of the days that stay when the roster is made again.
        settled_on_leave: agents and days with a fixed assignment and leave: the leave holds.
    """

    roster: Roster
    problem: Problem
    agents: Sequence[Agent]
    work: Mapping[str, Work]
    wanted: Mapping[int, coverage.Whole]
    on_rota: Mapping[int, Sequence[Shift | None]] = field(default_factory=dict)
    kept: Mapping[int, Sequence[Duty]] = field(default_factory=dict)
    settled_on_leave: Sequence[tuple[int, date]] = ()

    @property
    def since(self) -> int:
        """The first day that is made anew, numbered from 0."""
        kept_until = self.roster.kept_until
        return 0 if kept_until is None else max((kept_until - self.roster.first_day).days + 1, 0)

    @property
    def to_make(self) -> Problem:
        """The problem of the days that are made anew."""
        return rest_of(self.problem, [self.row(self.kept.get(agent.pk, ())) for agent in self.agents], self.since)

    @cached_property
    def place(self) -> dict[int, int]:
        """The place of each agent in the problem."""
        return {agent.pk: at for at, agent in enumerate(self.agents)}

    def row(self, duties: Iterable[Duty]) -> Row:
        """The duties of one agent as a row of the problem; shifts that it does not know are left out."""
        found = np.full(self.problem.days, OFF, dtype=np.int64)
        for duty in duties:
            code = Work(duty.shift, duty.later, duty.queue).code
            if code in self.problem.number:
                found[(duty.day - self.roster.first_day).days] = self.problem.number[code]
        return found

    def broken(self, agent: Agent, duties: Iterable[Duty]) -> list[str]:
        """The rules that an agent's duties break, in words."""
        return self._in_words(self._broken(agent, duties))

    def newly_broken(self, agent: Agent, before: Iterable[Duty], after: Iterable[Duty]) -> list[str]:
        """The rules that a change would break, or break further than before, in words."""
        return self._in_words(worse(self._broken(agent, before), self._broken(agent, after)))

    def _broken(self, agent: Agent, duties: Iterable[Duty]) -> list[Broken]:
        at = self.place.get(agent.pk)
        return [] if at is None else broken_rules(self.problem, self.problem.staff[at], self.row(duties))

    def _in_words(self, rules: Iterable[Broken]) -> list[str]:
        """Rules with dates and shifts as people call them."""
        names = {code: work.shift.code for code, work in self.work.items()}
        found = []
        for one in rules:
            figures = dict(one.figures)
            if isinstance(day := figures.get("day"), int):
                figures["day"] = f"{self.roster.first_day + timedelta(days=day):%m-%d}"
            figures |= {
                key: names.get(str(figures[key]), figures[key]) for key in ("shift", "before") if key in figures
            }
            found.append(str(RULES[one.rule]) % figures)
        return list(dict.fromkeys(found))


def built(roster: Roster, also: Sequence[Agent] = ()) -> Built:
    """The problem of a roster, from contracts, leave, wishes, settled shifts, rotas, and the days before it.

    Args:
        also: agents of other teams, who may stand in.
    """
    queues = list(roster.queues.all())
    shifts = list(Shift.objects.filter(is_active=True).prefetch_related("contracts"))
    work = {
        one.code: one
        for shift in shifts
        for later in shift.beginnings()
        for one in (
            [Work(shift, later, None)]
            if shift.kind == ShiftKind.STANDBY
            else [Work(shift, later, queue) for queue in queues]
        )
    }
    agents = list(
        Agent.objects.filter(
            Q(team__in=roster.teams.all()) | Q(pk__in=[agent.pk for agent in also]),
            since__lte=roster.last_day,
            staff__is_active=True,
        )
        .exclude(until__lt=roster.first_day)
        .select_related("staff", "team", "contract")
        .prefetch_related("skills")
    )
    wanted = wanted_of(roster, queues)
    facts = _Facts(roster, agents, work, {agent.pk for agent in also})
    on_rota = {agent.pk: facts.rota(agent) for agent in agents if agent.team.rota}
    free = [agent for agent in agents if agent.pk not in on_rota]
    lasting = lasting_into(roster, queues)
    left = {queue: _less(rows, lasting[queue]) for queue, rows in wanted.items()}
    needs = _needs(roster, queues, work, _beyond_rota(roster, left, on_rota, agents), free)
    rest = 60 * max((agent.contract.rest_hours for agent in free), default=11)  # the longest that a contract asks for
    kinds = [_kind(one, work, roster, rest) for one in work.values()]
    problem = Problem(roster.days, kinds, [facts.member(agent) for agent in free], needs, roster.first_day.weekday())
    return Built(roster, problem, free, work, wanted, on_rota, facts.kept, facts.settled_on_leave())


def wanted_of(roster: Roster, queues: Sequence[Queue]) -> dict[int, coverage.Whole]:
    """What the roster wants by queue, days × intervals."""
    found = {queue.pk: np.zeros((roster.days, coverage.A_DAY // roster.step), dtype=np.int64) for queue in queues}
    for row in Requirement.objects.filter(roster=roster):
        found[row.queue_id][(row.day - roster.first_day).days] = row.wanted
    return found


def lasting_into(roster: Roster, queues: Sequence[Queue]) -> dict[int, coverage.Whole]:
    """Who is there on the first day still, by queue and interval, from published shifts of the day before."""
    found = {queue.pk: np.zeros(coverage.A_DAY // roster.step, dtype=np.int64) for queue in queues}
    before = Duty.objects.filter(day=roster.first_day - timedelta(days=1), is_published=True, queue__in=queues)
    for duty in before.select_related("shift"):
        if duty.queue_id is not None:
            found[duty.queue_id] += coverage.covers([duty.shift.times(duty.later)], roster.step)[1][0]
    return found


def _less(rows: coverage.Whole, there: coverage.Whole) -> coverage.Whole:
    """What is wanted beyond those who are there on the first day already."""
    left = rows.copy()
    left[0] = np.maximum(left[0] - there, 0)
    return left


def there_of(roster: Roster, duties: Iterable[Duty], queues: Sequence[Queue]) -> dict[int, coverage.Whole]:
    """Who is there by queue, days × intervals, with those whose shift began on the day before the roster."""
    by_queue: dict[int, dict[int, list[str | None]]] = {queue.pk: {} for queue in queues}
    times: dict[str, coverage.Times] = {}
    for duty in duties:
        if duty.queue_id in by_queue:
            one = duty.shift.times(duty.later)
            times[one.code] = one
            row = by_queue[duty.queue_id].setdefault(duty.agent_id, [None] * roster.days)
            row[(duty.day - roster.first_day).days] = one.code
    nobody = np.zeros((roster.days, coverage.A_DAY // roster.step), dtype=np.int64)
    found = {
        queue: coverage.there_by_interval(list(rows.values()), times, roster.step) if rows else nobody.copy()
        for queue, rows in by_queue.items()
    }
    for queue, lasting in lasting_into(roster, queues).items():
        found[queue][0] += lasting
    return found


@dataclass
class _Facts:
    """What is known about the agents of a roster, read at once."""

    roster: Roster
    agents: Sequence[Agent]
    work: Mapping[str, Work]
    stand_ins: set[int]

    def __post_init__(self) -> None:
        first, last = self.roster.first_day, self.roster.last_day
        self.leave: dict[int, set[int]] = {}
        for row in Leave.objects.filter(
            agent__in=self.agents, state=AskState.APPROVED, first_day__lte=last, last_day__gte=first
        ):
            days = range(
                max((row.first_day - first).days, 0), min((row.last_day - first).days, self.roster.days - 1) + 1
            )
            self.leave.setdefault(row.agent_id, set()).update(days)
        in_time = {"agent__in": self.agents, "day__gte": first, "day__lte": last}
        self.wishes = _by_agent(Wish.objects.filter(**in_time).select_related("shift"))
        self.settled = _by_agent(Fixed.objects.filter(**in_time).select_related("shift"))
        earlier = Duty.objects.filter(agent__in=self.agents, is_published=True, day__lt=first)
        self.earlier = _by_agent(
            earlier.filter(day__gte=first - timedelta(days=_SEEN_BEFORE)).select_related("shift", "queue")
        )
        kept = self.roster.kept_until
        self.kept = _by_agent(
            Duty.objects.filter(roster=self.roster, day__lte=kept).select_related("shift", "queue") if kept else []
        )

    def rota(self, agent: Agent) -> list[Shift | None]:
        """The shifts of the team's rota by day; None on a day off or of leave."""
        by_code = {one.shift.code: one.shift for one in self.work.values()}
        since, pattern = agent.team.rota_first_day, agent.team.rota
        assert since is not None
        return [
            None if at in self.leave.get(agent.pk, ()) else by_code.get(pattern[(day - since).days % len(pattern)])
            for at, day in enumerate(self.roster.dates)
        ]

    def member(self, agent: Agent) -> Member:
        contract, days = agent.contract, self.roster.days
        part = days / (7 * _WEEKS_OF_A_CONTRACT)
        codes = self._codes(agent)
        nights = [code for code in codes if self.work[code].shift.kind == ShiftKind.NIGHT]
        most = dict.fromkeys(codes, days)
        most |= dict.fromkeys(nights, -(-round(contract.most_nights * part) // max(len(nights), 1)))
        off = {at for at in range(days) if not self._is_there(agent, self.roster.dates[at])}
        off |= self.leave.get(agent.pk, set())
        fixed = {
            self._at(row.day): code for row in self.settled.get(agent.pk, ()) if (code := self._code(row.shift, codes))
        }
        fixed = {at: code for at, code in fixed.items() if at not in off}
        wishes, refusals = self._wishes(agent, codes)
        present = (days - len(off)) / days
        member = Member(
            code=str(agent.pk),
            most=most | {code: max(most.get(code, 0), days) for code in fixed.values()},
            least_minutes=int(contract.least_hours * 60 * part * present),
            most_minutes=int(contract.most_hours * 60 * part),
            most_in_a_row=contract.most_in_a_row,
            least_in_a_row=contract.least_in_a_row,
            least_off_in_a_row=contract.least_off_in_a_row,
            most_weekends=-(-int(contract.most_weekends * days) // (7 * _WEEKS_OF_A_CONTRACT)),
            days_off=frozenset(off),
            fixed=fixed,
            wishes=wishes,
            refusals=refusals,
        )
        return replace(member, before=self._before(agent))

    def _codes(self, agent: Agent) -> list[str]:
        """What an agent may work: shifts of the contract for the skills; a standby team is on standby, or stands in."""
        skills = {queue.pk for queue in agent.skills.all()}
        found = []
        for code, one in self.work.items():
            allowed = {contract.pk for contract in one.shift.contracts.all()}
            if allowed and agent.contract_id not in allowed:
                continue
            standby = one.shift.kind == ShiftKind.STANDBY
            fits = standby == agent.team.is_standby or agent.pk in self.stand_ins
            if fits and (one.queue is None or one.queue.pk in skills):
                found.append(code)
        return found

    def _wishes(
        self, agent: Agent, codes: Sequence[str]
    ) -> tuple[dict[tuple[int, str], int], dict[tuple[int, str], int]]:
        wishes: dict[tuple[int, str], int] = {}
        refusals: dict[tuple[int, str], int] = {}
        for row in self.wishes.get(agent.pk, ()):
            at = self._at(row.day)
            meant = [code for code in codes if row.shift is None or self.work[code].shift == row.shift]
            if row.kind == WishKind.OFF:
                refusals |= {(at, code): row.weight for code in meant}
            elif meant:  # one of them is enough: the others refuse what is not meant
                refusals |= {(at, code): row.weight for code in codes if code not in meant}
        return wishes, refusals

    def _before(self, agent: Agent) -> list[str]:
        rows = {row.day: row for row in self.earlier.get(agent.pk, ())}
        if not rows:
            return []
        days = [self.roster.first_day - timedelta(days=ahead) for ahead in range(_SEEN_BEFORE, 0, -1)]
        return [self._known(rows[day]) if day in rows else "" for day in days]

    def _known(self, duty: Duty) -> str:
        """The code of an earlier shift, or of one that ends no earlier where it is not known any more."""
        code = Work(duty.shift, duty.later, duty.queue).code
        if code in self.work:
            return code
        end = duty.shift.times(duty.later).ends
        later = [other for other, one in self.work.items() if one.times.ends >= end]
        return min(later or list(self.work), key=lambda other: abs(self.work[other].times.ends - end))

    def _code(self, shift: Shift, codes: Sequence[str]) -> str:
        return next((code for code in codes if self.work[code].shift == shift), "")

    def settled_on_leave(self) -> list[tuple[int, date]]:
        """Agents and days with a fixed assignment on a day of leave."""
        return [
            (agent, row.day)
            for agent, rows in self.settled.items()
            for row in rows
            if self._at(row.day) in self.leave.get(agent, ())
        ]

    def _is_there(self, agent: Agent, day: date) -> bool:
        return agent.since <= day and (agent.until is None or day <= agent.until)

    def _at(self, day: date) -> int:
        return (day - self.roster.first_day).days


def _by_agent(rows: Iterable) -> dict[int, list]:  # type: ignore[type-arg]
    found: dict[int, list] = {}  # type: ignore[type-arg]
    for row in rows:
        found.setdefault(row.agent_id, []).append(row)
    return found


def _kind(one: Work, work: Mapping[str, Work], roster: Roster, rest: int) -> Kind:
    """The shift with what may not follow it."""
    clashing = frozenset(code for code, other in work.items() if one.times.rest_before(other.times) < rest)
    days = [
        at for at, day in enumerate(roster.dates) if not one.shift.weekdays or day.isoweekday() in one.shift.weekdays
    ]
    return Kind(one.code, one.shift.paid, clashing, frozenset(days) if one.shift.weekdays else None)


def _needs(
    roster: Roster,
    queues: Sequence[Queue],
    work: Mapping[str, Work],
    wanted: Mapping[int, coverage.Whole],
    agents: Sequence[Agent],
) -> list[Need]:
    names = [f"{day:%m-%d}" for day in roster.dates]
    found: list[Need] = []
    for queue in queues:
        times = {code: one.times for code, one in work.items() if one.queue == queue}
        needs = coverage.needs_of(wanted[queue.pk], times, roster.step, names=names, too_few=TOO_FEW, too_many=TOO_MANY)
        found += [replace(need, name=f"{queue.name} {need.name}") for need in needs]
    standby = frozenset(code for code, one in work.items() if one.queue is None)
    team = sum(agent.team.is_standby for agent in agents)
    if standby and team:
        most = round(team * _ON_STANDBY)
        found += [Need(f"{names[day]}", day, standby, most, TOO_FEW_ON_STANDBY, 0.0) for day in range(roster.days)]
    return found


def _beyond_rota(
    roster: Roster,
    wanted: Mapping[int, coverage.Whole],
    on_rota: Mapping[int, Sequence[Shift | None]],
    agents: Sequence[Agent],
) -> dict[int, coverage.Whole]:
    """What is wanted beyond the agents who follow a rota; they serve their first queue of the roster."""
    left = {queue: rows.copy() for queue, rows in wanted.items()}
    for agent in agents:
        shifts = on_rota.get(agent.pk)
        queue = first_queue(agent, left)
        if shifts is None or queue is None:
            continue
        times = {shift.code: shift.times() for shift in shifts if shift}
        codes = [shift.code if shift else None for shift in shifts]
        left[queue] = np.maximum(left[queue] - coverage.there_by_interval([codes], times, roster.step), 0)
    return left


def without_people(built: Built) -> list[Queue]:
    """The queues that want somebody and that nobody of the roster may serve."""
    agents = Agent.objects.filter(pk__in=[*(agent.pk for agent in built.agents), *built.on_rota], skills__isnull=False)
    served = set(agents.values_list("skills", flat=True))
    return list(
        Queue.objects.filter(pk__in=[key for key, rows in built.wanted.items() if rows.any()]).exclude(pk__in=served)
    )


def hours_needed(built: Built) -> tuple[float, float]:
    """The hours that all queues want, and the most that contracts and rotas allow."""
    needed = sum(int(rows.sum()) for rows in built.wanted.values()) * built.roster.step / 60
    rota = sum(shift.paid for shifts in built.on_rota.values() for shift in shifts if shift)
    return needed, (sum(member.most_minutes for member in built.problem.staff) + rota) / 60


def first_queue(agent: Agent, queues: Iterable[int]) -> int | None:
    """The first of the agent's skills among queues."""
    known = set(queues)
    return next((queue.pk for queue in agent.skills.all() if queue.pk in known), None)
