"""Hours, fairness, adherence, service by interval, cost: of published rosters."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from keheng.common.clock import SHANGHAI
from keheng.org.models import Staff
from keheng.workforce.enums import ShiftKind, WishKind
from keheng.workforce.models import Agent, Duty, Queue, Wish, Worked
from keheng.workforce.queries.forecasts import said
from keheng.workforce.queries.history import figures_of
from keheng.workforce.queries.staffing import target_on

SATURDAY = 6


@dataclass
class Row:
    """What one agent was rostered for.

    Attributes:
        adherence: share of scheduled work time at work, as logged; None without a log.
        wishes, met: wishes for days of the period, and how many of them hold.
    """

    agent: Agent
    shifts: int = 0
    hours: float = 0.0
    nights: int = 0
    weekend_shifts: int = 0
    wishes: int = 0
    met: int = 0
    cost: Decimal = Decimal(0)
    scheduled: float = 0.0
    kept: float = 0.0
    logged: bool = False

    @property
    def adherence(self) -> float | None:
        return self.kept / self.scheduled if self.logged and self.scheduled else None


def by_agent(staff: Staff, first: date, last: date, today: datetime) -> list[Row]:
    """Hours, nights, weekends, wishes and adherence of everybody in scope; four queries, however many agents."""
    agents = Agent.objects.visible_to(staff).select_related("staff", "team", "contract")
    rows = {agent.pk: Row(agent) for agent in agents}
    duties = list(
        Duty.objects.filter(agent__in=rows, is_published=True, day__gte=first, day__lte=last).select_related("shift")
    )
    logs: dict[int, list[Worked]] = defaultdict(list)
    begin = datetime.combine(first, datetime.min.time(), SHANGHAI)
    for log in Worked.objects.filter(
        agent__in=rows,
        starts_at__gte=begin - timedelta(days=1),
        starts_at__lt=begin + (last - first) + timedelta(days=2),
    ):
        logs[log.agent_id].append(log)
    for duty in duties:
        row = rows[duty.agent_id]
        row.shifts += 1
        row.hours += duty.shift.paid / 60
        row.nights += duty.shift.kind == ShiftKind.NIGHT
        row.weekend_shifts += duty.day.isoweekday() >= SATURDAY
        row.cost += row.agent.contract.hourly_cost * duty.shift.paid / 60
        scheduled, kept = _kept(duty, logs[duty.agent_id], today)
        row.scheduled, row.kept = row.scheduled + scheduled, row.kept + kept
        row.logged = row.logged or bool(logs[duty.agent_id])
    _count_wishes(rows, duties, first, last)
    return list(rows.values())


def stretches(duty: Duty) -> list[tuple[datetime, datetime]]:
    """The stretches of work of a shift, breaks left out."""
    times = duty.shift.times(duty.later)
    midnight = datetime.combine(duty.day, datetime.min.time(), SHANGHAI)
    edges = [times.starts, *(edge for pause in sorted(times.breaks) for edge in pause), times.ends]
    return [
        (midnight + timedelta(minutes=since), midnight + timedelta(minutes=to))
        for since, to in zip(edges[::2], edges[1::2], strict=True)
    ]


def _kept(duty: Duty, logs: Iterable[Worked], until: datetime) -> tuple[float, float]:
    """Hours scheduled until now, and those of them at work."""
    scheduled = kept = 0.0
    for since, to in stretches(duty):
        end = min(to, until)
        scheduled += max((end - since).total_seconds(), 0) / 3600
        kept += sum(
            max((min(log.ends_at, end) - max(log.starts_at, since)).total_seconds(), 0) / 3600
            for log in logs
            if log.is_work
        )
    return scheduled, kept


def _count_wishes(rows: dict[int, Row], duties: Sequence[Duty], first: date, last: date) -> None:
    worked = {(duty.agent_id, duty.day): duty.shift_id for duty in duties}
    for wish in Wish.objects.filter(agent__in=rows, day__gte=first, day__lte=last):
        shift = worked.get((wish.agent_id, wish.day))
        hit = shift is not None and wish.shift_id in {None, shift}
        rows[wish.agent_id].wishes += 1
        rows[wish.agent_id].met += hit if wish.kind == WishKind.ON else not hit


def spread(values: Sequence[float]) -> float:
    """How unevenly something is shared: the standard deviation as a share of the mean; 0 where there is nothing."""
    mean = float(np.mean(values)) if len(values) else 0.0
    return float(np.std(values)) / mean if mean else 0.0


@dataclass(frozen=True)
class Interval:
    """How one interval of a day went; None where a file does not tell."""

    start: str
    forecast: float | None
    offered: float | None
    answered: float | None
    level: float | None
    abandoned: float | None
    handling: float | None


def performance(queue: Queue, day: date) -> list[Interval]:
    """Forecast and service of each interval of a day (COPC: level = in time ÷ offered, abandoned ÷ offered)."""
    figures = {name: figures_of(queue, name, day, day)[1] for name in ("calls", "answered", "in_time", "handling")}
    forecast = next((one.calls for one in said(queue, day, day)), None)
    if not len(figures["calls"]) and forecast is None:
        return []
    width = max(30 // queue.step, 1)
    empty = np.full(1440 // queue.step, np.nan)
    rows = {name: values[0] if len(values) else empty for name, values in figures.items()}
    rows["forecast"] = empty if forecast is None else forecast
    found = []
    for at in range(0, len(empty), width):
        part = {name: values[at : at + width] for name, values in rows.items()}
        total = {name: _sum(part[name]) for name in ("forecast", "calls", "answered", "in_time")}
        if total["calls"] is None and total["forecast"] is None:
            continue
        minute, offered, answered = at * queue.step, total["calls"], total["answered"]
        handling = part["handling"][~np.isnan(part["handling"])]
        found.append(
            Interval(
                f"{minute // 60:02d}:{minute % 60:02d}",
                total["forecast"],
                offered,
                answered,
                total["in_time"] / offered if offered and total["in_time"] is not None else None,
                (offered - answered) / offered if offered and answered is not None else None,
                float(handling.mean()) if len(handling) else None,
            )
        )
    return found


def target_level(queue: Queue, day: date) -> float | None:
    """The service level aimed at on a day."""
    target = target_on(queue, day)
    return target.level if target else None


def _sum(values: np.ndarray) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.sum()) if len(known) else None
