"""What persons and companies have in common before they have money: archive, outlet, life at the bank, rank."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from keheng.customers.enums import CustomerStatus
from keheng.demo.plan import Flags, Floats, Integers

_SHARE_OF_LEAVERS, _SHARE_OF_SLEEPERS = 0.04, 0.05


@dataclass(frozen=True)
class Life:
    """When customers came and left, in days before the plan's day (-1: has not left), and who sleeps."""

    opened: Integers
    closed: Integers
    is_dormant: Flags

    @property
    def has_left(self) -> Flags:
        return self.closed >= 0

    @property
    def status(self) -> pl.Series:
        words = np.where(self.is_dormant, CustomerStatus.DORMANT.value, CustomerStatus.ACTIVE.value)
        return pl.Series(np.where(self.has_left, CustomerStatus.CLOSED.value, words))


@dataclass(frozen=True)
class Crowd:
    """Customers of one kind.

    ``archive`` has the columns of the customer table that describe them; ``contacts`` names them by ``place``, their
    row in it. ``rank`` is the share of the others who own less.
    """

    archive: pl.DataFrame
    contacts: pl.DataFrame
    outlet: Integers
    rank: Floats
    life: Life

    @property
    def count(self) -> int:
        return self.archive.height


def draw_life(random: np.random.Generator, oldest: Integers) -> Life:
    """Draw when customers came (at most ``oldest`` days ago) and whether they left within two years or sleep."""
    count = len(oldest)
    opened = np.minimum(3 + random.exponential(13 * 365, count), np.minimum(25 * 365, oldest)).astype(np.int64)
    left = random.integers(5, 22 * 30, count)
    closed = np.where((random.random(count) < _SHARE_OF_LEAVERS) & (left < opened - 100), left, -1)
    is_dormant = (random.random(count) < _SHARE_OF_SLEEPERS) & (closed < 0) & (opened > 400)
    return Life(opened, closed, is_dormant)


def ranked(score: Floats) -> Floats:
    """Turn scores into ranks strictly between 0 and 1, evenly spaced."""
    ranks = np.empty(len(score))
    ranks[np.argsort(score, kind="stable")] = (np.arange(len(score)) + 0.5) / len(score)
    return ranks


def days_before(day: date, days: Integers) -> pl.Series:
    """Dates that lie so many days before ``day``."""
    return pl.Series(day.toordinal() - date(1970, 1, 1).toordinal() - days).cast(pl.Int32).cast(pl.Date)
