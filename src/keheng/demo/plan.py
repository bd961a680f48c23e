"""What a demo bank is to be, and the random numbers that make it: the same plan always gives the same bank."""

import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import yaml

from keheng.common.clock import SHANGHAI, month_end, month_ends

type Floats = npt.NDArray[np.float64]
type Integers = npt.NDArray[np.int64]
type Flags = npt.NDArray[np.bool_]
type Words = npt.NDArray[np.str_]

MONTHS = 24
COMPANIES_PER_PERSON = 0.075
_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Plan:
    """How many customers, which of all possible banks, and the day on which it stands."""

    persons: int
    seed: int
    today: date

    @property
    def companies(self) -> int:
        return max(1, round(self.persons * COMPANIES_PER_PERSON))

    @property
    def size(self) -> float:
        """The bank's size as a multiple of that of requirement A9."""
        return self.persons / 20_000

    @property
    def at(self) -> datetime:
        """The instant that its records carry: noon of the day, so that the hour of the build leaves no trace."""
        noon = datetime(self.today.year, self.today.month, self.today.day, 12, tzinfo=SHANGHAI)
        return noon.astimezone(UTC)

    @property
    def month_ends(self) -> list[date]:
        """The last 24 complete month ends, oldest first."""
        last = self.today if self.today == month_end(self.today) else month_ends(self.today, 2)[0]
        return month_ends(last, MONTHS)

    def random(self, topic: str) -> np.random.Generator:
        """A stream of its own for each topic, so that a change to one topic leaves the others as they were."""
        return np.random.default_rng([self.seed, zlib.crc32(topic.encode())])


@cache
def table(name: str) -> Any:
    """Read one of the files in ``data/``."""
    return yaml.safe_load((_DATA / f"{name}.yaml").read_text())


def pick(random: np.random.Generator, weights: list[float], count: int) -> Integers:
    """Draw ``count`` places of a list, each as often as its weight says."""
    bounds = np.cumsum(np.asarray(weights, dtype=float))
    drawn = random.random(count) * bounds[-1]
    places: Integers = np.searchsorted(bounds, drawn, side="right").astype(np.int64)
    return places


def pick_by_row(random: np.random.Generator, weights: Floats) -> Integers:
    """Draw a place for each row of a matrix of weights."""
    bounds = np.cumsum(weights, axis=1)
    drawn = random.random(len(bounds)) * bounds[:, -1]
    places: Integers = (bounds <= drawn[:, None]).sum(axis=1).astype(np.int64)
    return places


def where(flags: Flags, then: pl.Series, otherwise: pl.Series | None = None) -> pl.Series:
    """The values of one column where the flag is set, else of the other, or null."""
    return pl.select(pl.when(pl.Series(flags)).then(then).otherwise(otherwise)).to_series()
