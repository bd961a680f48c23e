"""Queues of a call centre: Erlang B, C and A, exact for tens of thousands of agents, for all intervals at once.

Notation: ``load`` is offered traffic in erlangs (arrival rate × handling time), times are seconds, rates a second.
Every argument may be a number or an array; arrays are combined as NumPy does. Erlang C as call centres know it;
Erlang A (patience exponential) after Palm 1957 and Mandelbaum & Zeltyn 2007; both are evaluated in logarithms.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, gammainc, gammaincc, gammaln

type Array = NDArray[np.float64]

_SMALLEST = 1e-280
"""Below it a tail of the gamma distribution is about to underflow, and a geometric series is summed instead."""

_NEGLIGIBLE = 1e-17


@dataclass(frozen=True)
class Service:
    """What callers meet, in steady state; each field is an array over the intervals.

    Attributes:
        waits: probability that a caller has to wait.
        level: share of offered calls answered within the time asked for.
        asa: mean wait of a caller in seconds, those who hang up included; infinite where the queue grows for ever.
        abandoned: share of callers who hang up (0 without patience).
        occupancy: share of an agent's time spent on calls.
    """

    waits: Array
    level: Array
    asa: Array
    abandoned: Array
    occupancy: Array


def erlang_b(agents: ArrayLike, load: ArrayLike) -> Array:
    """Probability that all ``agents`` are busy when nobody waits (blocked calls are lost)."""
    servers, traffic = _arrays(agents, load)
    return np.exp(-_log_inverse_b(servers, traffic))


def erlang_c(agents: ArrayLike, load: ArrayLike) -> Array:
    """Probability of waiting when everybody waits as long as it takes; 1 where the load is not below the agents."""
    servers, traffic = _arrays(agents, load)
    stable = traffic < servers
    free = np.where(stable, servers - traffic, 1.0)
    blocked = np.exp(-_log_inverse_b(servers, traffic))
    return np.where(stable, servers * blocked / (free + traffic * blocked), 1.0)


def patient(calls: ArrayLike, handling: ArrayLike, agents: ArrayLike, within: float) -> Service:
    """Service of callers who never hang up (M/M/N).

    Args:
        calls: calls per second.
        handling: mean handling time in seconds.
        agents: agents on calls.
        within: the wait in seconds that still counts as in time.
    """
    rate, servers = _arrays(calls, agents)
    rate, time = _arrays(rate, handling)
    load = rate * time
    waits = np.where(load > 0, erlang_c(servers, load), 0.0)
    stable = load < servers
    free = np.where(stable, servers - load, 1.0)
    level = np.where(stable, 1 - waits * np.exp(-free * within / time), 0.0)
    asa = np.where(stable, waits * time / free, np.inf)
    busy = np.divide(load, servers, out=np.ones_like(load), where=servers > 0)
    idle = load == 0
    return Service(
        waits=waits,
        level=np.where(idle, 1.0, level),
        asa=np.where(idle, 0.0, asa),
        abandoned=np.zeros_like(load),
        occupancy=np.where(idle, 0.0, np.minimum(busy, 1.0)),
    )


def impatient(calls: ArrayLike, handling: ArrayLike, agents: ArrayLike, within: float, patience: ArrayLike) -> Service:
    """Service of callers who hang up after an exponential patience (M/M/N+M); stable under any load.

    Arguments as of :func:`patient`; ``patience`` is its mean in seconds. Nobody served counts as in time.
    """
    rate, servers = _arrays(calls, agents)
    rate, time = _arrays(rate, handling)
    rate, mean_patience = _arrays(rate, patience)
    rate, servers, time, mean_patience = np.broadcast_arrays(rate, servers, time, mean_patience)
    idle, unserved = rate <= 0, servers <= 0
    arrivals = np.where(idle, 1.0, rate)
    staffed = np.where(unserved, 1.0, servers)
    leaving = 1 / mean_patience
    capacity = staffed * mean_patience / time  # service rate of all agents ÷ rate of hanging up
    pressure = arrivals * mean_patience  # arrival rate ÷ rate of hanging up
    # In the terms of Mandelbaum & Zeltyn: ε = 1/B(n-1), λJ(t) = pressure · e^{f(t)} · S(t).
    log_free = _log_inverse_b(staffed - 1, arrivals * time)
    log_sum = _log_confluent(capacity, pressure)
    log_busy = np.log(pressure) + log_sum
    waits = expit(log_busy - log_free)
    fled = np.clip(1 - capacity / pressure + np.exp(-log_busy), 0.0, 1.0)
    abandoned = waits * fled
    total = np.logaddexp(log_free, log_busy)
    drift = pressure * -np.expm1(-leaving * within) - staffed * within / time
    log_late = _log_confluent(capacity, pressure * np.exp(-leaving * within)) + np.log(capacity)
    late = np.exp(drift + log_late - total) - np.exp(drift - total)
    level = np.clip(1 - abandoned - late, 0.0, 1.0)
    busy = np.minimum(arrivals * time * (1 - abandoned) / staffed, 1.0)

    def known(value: Array, *, without_calls: float, without_agents: ArrayLike) -> Array:
        return np.where(idle, without_calls, np.where(unserved, without_agents, value))

    return Service(
        waits=known(waits, without_calls=0.0, without_agents=1.0),
        level=known(level, without_calls=1.0, without_agents=0.0),
        asa=known(abandoned * mean_patience, without_calls=0.0, without_agents=mean_patience),
        abandoned=known(abandoned, without_calls=0.0, without_agents=1.0),
        occupancy=known(busy, without_calls=0.0, without_agents=1.0),
    )


def _arrays(*values: ArrayLike) -> tuple[Array, ...]:
    return tuple(np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in values)))


def _log_inverse_b(agents: Array, load: Array) -> Array:
    """ln(1/B): the Poisson distribution function over its probability, each taken as a logarithm."""
    traffic = np.maximum(load, np.finfo(np.float64).tiny)
    below = gammaincc(agents + 1, traffic)
    direct = np.log(np.maximum(below, _SMALLEST)) - (agents * np.log(traffic) - traffic - gammaln(agents + 1))
    overloaded = below < _SMALLEST
    if not overloaded.any():
        return np.asarray(direct)
    return np.where(overloaded, np.log(_falling_sum(agents, traffic, where=overloaded)), direct)


def _falling_sum(agents: Array, load: Array, *, where: NDArray[np.bool_]) -> Array:
    """1/B as Σ n!/(n-k)! · load^-k, which falls geometrically when the load is far above the agents."""
    left, term = np.where(where, agents, 0.0), np.ones_like(load)
    total = term.copy()
    while (term > _NEGLIGIBLE * total).any():
        term = term * np.maximum(left, 0.0) / load
        total += term
        left -= 1
    return total


def _log_confluent(start: Array, value: Array) -> Array:
    """ln Σ value^k / (start (start+1) … (start+k)), the incomplete gamma function without its vanishing factors."""
    share = gammainc(start, value)
    direct = np.log(np.maximum(share, _SMALLEST)) + value - start * np.log(value) + gammaln(start)
    tiny = share < _SMALLEST
    if not tiny.any():
        return np.asarray(direct)
    term = np.where(tiny, 1 / start, 0.0)
    total, divisor = term.copy(), start.copy()
    while (term > _NEGLIGIBLE * total).any():
        divisor = divisor + 1
        term = term * value / divisor
        total += term
    return np.where(tiny, np.log(np.where(tiny, total, 1.0)), direct)
