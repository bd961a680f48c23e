"""The bank's persons: who they are, where they bank, and how their wealth ranks."""

import numpy as np
import polars as pl

from keheng.customers.enums import IdentityKind
from keheng.demo.crowd import Crowd, days_before, draw_life, ranked
from keheng.demo.documents import mobiles, resident_numbers
from keheng.demo.names import person_names
from keheng.demo.organisation import Organisation
from keheng.demo.plan import Floats, Integers, Plan, pick, pick_by_row, table

_SHARE_OF_WOMEN = 0.51
_AGES = {
    (10, 17): 1.0, (18, 24): 6.5, (25, 29): 8, (30, 34): 11, (35, 39): 12, (40, 44): 10.5, (45, 49): 10, (50, 54): 11,
    (55, 59): 9.5, (60, 64): 7, (65, 69): 6, (70, 74): 4, (75, 79): 2, (80, 89): 1.5,
}  # fmt: skip
_EDUCATION = ["小学", "初中", "高中", "中专", "大专", "本科", "硕士", "博士"]
_EDUCATION_UNTIL: dict[int, list[float]] = {  # year of birth: share of each
    1949: [55, 28, 10, 3, 2, 2, 0, 0],
    1959: [38, 38, 15, 4, 3, 2, 0, 0],
    1969: [22, 42, 18, 7, 7, 4, 0, 0],
    1979: [10, 37, 17, 10, 14, 11, 1, 0],
    1989: [4, 24, 14, 12, 21, 22, 3, 0.3],
    1999: [2, 14, 12, 11, 25, 31, 5, 0.3],
    9999: [3, 15, 30, 12, 18, 21, 1, 0],
}
_MARITAL = ["未婚", "已婚", "离异", "丧偶"]
_MARITAL_UNTIL: dict[int, list[float]] = {  # age: share of each
    21: [98, 2, 0, 0],
    25: [80, 20, 0, 0],
    30: [38, 60, 2, 0],
    40: [10, 84, 6, 0],
    60: [3, 88, 8, 1],
    120: [1, 78, 5, 16],
}
_WEALTH_BY_AGE = ([15, 22, 30, 40, 50, 58, 68, 80, 90], [-1.6, -0.9, -0.3, 0.1, 0.35, 0.5, 0.4, 0.25, 0.1])
_DAYS_A_YEAR = 365.25


def make_people(plan: Plan, organisation: Organisation) -> Crowd:
    """Make the persons of the plan; the archive has the columns of the customer table that describe a person."""
    count = plan.persons
    random = plan.random("people")
    outlet = pick(random, organisation.outlets["weight"].to_list(), count)
    is_male = (random.random(count) >= _SHARE_OF_WOMEN).astype(np.int64)
    age_in_years = _ages(random, count)
    ages = age_in_years.astype(np.int64)
    born = days_before(plan.today, (age_in_years * _DAYS_A_YEAR).astype(np.int64))
    years = born.dt.year().to_numpy().astype(np.int64)
    occupation, lift = _occupations(random, ages, is_male)
    education = _by_limit(random, years, _EDUCATION_UNTIL)
    score = (
        np.interp(ages, *_WEALTH_BY_AGE) * 0.7
        + lift
        + organisation.outlets["wealth"].to_numpy()[outlet]
        + (education - 3) * 0.08
        + random.standard_normal(count)
    )
    life = draw_life(random, oldest=ages * 365)
    archive = person_names(plan.random("names"), years, is_male).with_columns(
        kind=pl.lit("person"),
        status=life.status,
        id_kind=pl.lit(IdentityKind.RESIDENT.value),
        id_number=resident_numbers(plan.random("documents"), born, is_male),
        sex=pl.Series(np.where(is_male, "m", "f")),
        birth_date=born,
        occupation=pl.Series([row["name"] for row in table("occupations")]).gather(occupation),
        education=pl.Series(_EDUCATION).gather(education),
        marital=pl.Series(_MARITAL).gather(_by_limit(random, ages, _MARITAL_UNTIL)),
        do_not_disturb=pl.Series(random.random(count) < 0.04),
        opened_on=days_before(plan.today, life.opened),
    )
    return Crowd(archive, _contacts(random, count), outlet, ranked(score), life)


def _ages(random: np.random.Generator, count: int) -> Floats:
    bands = np.array(list(_AGES))
    band = pick(random, list(_AGES.values()), count)
    low, high = bands[band, 0], bands[band, 1] + 1
    ages: Floats = low + random.random(count) * (high - low)
    return ages


def _occupations(random: np.random.Generator, ages: Integers, is_male: Integers) -> tuple[Integers, Floats]:
    rows = table("occupations")
    weights = np.zeros((2, 121, len(rows)))
    for place, row in enumerate(rows):
        youngest, oldest = row["ages"]
        for sex, key in enumerate(("f", "m")):
            weights[sex, youngest : oldest + 1, place] = row[key]
    chosen = pick_by_row(random, weights[is_male, ages])
    return chosen, np.array([row["lift"] for row in rows])[chosen]


def _by_limit(random: np.random.Generator, values: Integers, weights: dict[int, list[float]]) -> Integers:
    """Draw a place for each value, by the weights of the first limit that the value does not pass."""
    rows = np.searchsorted(np.array(list(weights)), values)
    return pick_by_row(random, np.array(list(weights.values()))[rows])


def _contacts(random: np.random.Generator, count: int) -> pl.DataFrame:
    """One mobile for nearly everybody, an e-mail address for some."""
    has_mobile = random.random(count) < 0.97
    has_email = has_mobile & (random.random(count) < 0.12)
    place = pl.Series(np.arange(count))
    numbers = mobiles(count)
    return pl.concat(
        [
            pl.DataFrame({"place": place, "kind": pl.repeat("mobile", count, eager=True), "value": numbers}).filter(
                pl.Series(has_mobile)
            ),
            pl.DataFrame(
                {"place": place, "kind": pl.repeat("email", count, eager=True), "value": "c" + numbers + "@example.com"}
            ).filter(pl.Series(has_email)),
        ]
    )
