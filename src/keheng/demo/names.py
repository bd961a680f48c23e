"""Names of people by year of birth and sex, and of companies by region and trade."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from keheng.common.pinyin import spell
from keheng.demo.plan import Integers, pick, table

_COMMON_HEAD = "王"  # stands before a given name so that it is read as one


@dataclass(frozen=True)
class _Given:
    """The given names of one cohort and sex with their weights."""

    names: pl.DataFrame
    weights: list[float]


def person_names(random: np.random.Generator, birth_years: Integers, is_male: Integers) -> pl.DataFrame:
    """Draw names for people; columns ``name``, ``pinyin``, ``initials``."""
    count = len(birth_years)
    surnames, weights = _surnames()
    heads = surnames[pick(random, weights, count)]
    offsets, tables = [0], []
    chosen = np.zeros(count, dtype=np.int64)
    bounds = np.array([cohort["until"] for cohort in table("given_names")])
    cohort_of = np.searchsorted(bounds, birth_years)
    for cohort in range(len(bounds)):
        for sex in (0, 1):
            here = np.flatnonzero((cohort_of == cohort) & (is_male == sex))
            given = _given_names(cohort, "m" if sex else "f")
            chosen[here] = offsets[-1] + pick(random, given.weights, len(here))
            offsets.append(offsets[-1] + given.names.height)
            tables.append(given.names)
    tails = pl.concat(tables)[chosen]
    return pl.DataFrame({column: heads[column] + tails[column] for column in ("name", "pinyin", "initials")})


def company_names(random: np.random.Generator, trades: Integers) -> pl.DataFrame:
    """Draw names for companies of the given trades (places in the list); no two are alike while words last."""
    data = table("companies")
    words = [a + b for a in data["words"]["first"] for b in data["words"]["second"] if a != b]
    forms = list(data["forms"])
    form_of = pick(random, list(data["forms"].values()), len(trades))
    order = random.permutation(len(words) * len(data["regions"]))
    names, used = [], dict.fromkeys(range(len(data["trades"])), 0)
    for trade, form in zip(trades.tolist(), form_of.tolist(), strict=True):
        region, word = divmod(int(order[(used[trade] + 911 * trade) % len(order)]), len(words))
        used[trade] += 1
        names.append([data["regions"][region], words[word], data["trades"][trade]["name"], forms[form]])
    return _spelled(names)


def institution_names(random: np.random.Generator, count: int) -> pl.DataFrame:
    """Draw names for schools, hospitals and the like."""
    data = table("companies")
    kinds = data["institutions"]["kinds"]
    places = [region + word for region in data["regions"] for word in _towns()]
    order = random.permutation(len(places) * len(kinds))
    drawn = order[np.arange(count) % len(order)].tolist()
    return _spelled([[places[at // len(kinds)], kinds[at % len(kinds)]] for at in drawn])


def _towns() -> list[str]:
    return [outlet["name"][:2] for outlet in table("organisation")["outlets"][1:]]


def _spelled(names: list[list[str]]) -> pl.DataFrame:
    """Join the parts of company names, each read on its own."""
    readings = [[_reading(part) for part in parts] for parts in names]
    columns = {
        "name": ["".join(parts) for parts in names],
        "pinyin": ["".join(full for full, _ in parts) for parts in readings],
        "initials": ["".join(initials for _, initials in parts) for parts in readings],
    }
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


@cache
def _reading(part: str) -> tuple[str, str]:
    return spell(part, person=False)


@cache
def _surnames() -> tuple[pl.DataFrame, list[float]]:
    weights = {name: share for group in table("surnames").values() for name, share in group.items()}
    readings = [spell(name) for name in weights]
    columns = {"name": list(weights), "pinyin": [r[0] for r in readings], "initials": [r[1] for r in readings]}
    return pl.DataFrame(columns), list(weights.values())


@cache
def _given_names(cohort: int, sex: str) -> _Given:
    data = table("given_names")[cohort][sex]
    weights: dict[str, float] = {}

    def add(names: list[str], shares: list[float], total: float) -> None:
        for name, share in zip(names, shares, strict=True):
            weights[name] = weights.get(name, 0) + total * share / sum(shares)

    pairs = {
        a + b: _frequency(i) * _frequency(j)
        for i, a in enumerate(data["first"])
        for j, b in enumerate(data["second"])
        if a != b or sex == "f"
    }
    add(list(data["single"]), [_frequency(i) for i in range(len(data["single"]))], data["share"])
    add(data["whole"], [_frequency(i) for i in range(len(data["whole"]))], 12)
    add(list(pairs), list(pairs.values()), 88 - data["share"])
    head, head_initials = spell(_COMMON_HEAD)
    readings = [spell(_COMMON_HEAD + name) for name in weights]
    names = pl.DataFrame(
        {
            "name": list(weights),
            "pinyin": [full.removeprefix(head) for full, _ in readings],
            "initials": [initials.removeprefix(head_initials) for _, initials in readings],
        }
    )
    return _Given(names, list(weights.values()))


def _frequency(place: int) -> float:
    """How often the character at a place of a list is used: the first ones far more often."""
    return 1 / (place + 3)
