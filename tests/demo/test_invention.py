"""The invented bank at the size of requirement A9: totals, tail, seasons, people and their documents."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from tests.demo.banks import TODAY, Invented, invented

from keheng.common.pinyin import spell
from keheng.customers.values import identity
from keheng.demo.history import Day
from keheng.demo.plan import Plan

YI = 100_000_000


def total(day: Day, column: str) -> float:
    return round(float(day.figures[column].sum()), 2)


def at(bank: Invented, kind: str, day: date) -> Day:
    return next(found for found in bank.days[kind] if found.date == day)


# -- totals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "column", "now", "growth"),
    [
        ("persons", "deposits", 82.25, 12.47),
        ("companies", "deposits", 13.96, 1.63),
        ("persons", "loans", 21.06, 3.61),
        ("companies", "loans", 29.24, 2.8),
        ("persons", "wealth", 4.8592, None),
        ("persons", "funds", 1.0678, None),
    ],
)
def test_a9_totals_and_growth_over_the_year_are_exact_to_the_cent(
    full_size: Invented, kind: str, column: str, now: float, growth: float | None
) -> None:
    assert total(full_size.days[kind][0], column) == round(now * YI, 2)
    if growth is not None:
        assert total(at(full_size, kind, date(2025, 10, 31)), column) == round((now - growth) * YI, 2)


def test_a9_size_is_20000_persons_and_1500_companies_at_14_outlets(full_size: Invented) -> None:
    assert (full_size.persons.crowd.count, full_size.companies.crowd.count) == (20_000, 1_500)
    assert set(np.unique(full_size.persons.crowd.outlet)) == set(range(14))


def test_24_month_ends_before_today(full_size: Invented) -> None:
    days = [day.date for day in full_size.days["persons"]]
    assert days[0] == TODAY
    assert days[1:] == full_size.plan.month_ends[::-1]
    assert (len(days), days[1], days[-1]) == (25, date(2026, 10, 31), date(2024, 11, 30))


def test_a_plan_for_a_month_end_has_that_day_as_its_last_month_end() -> None:
    bank = invented(Plan(persons=200, seed=1, today=date(2026, 6, 30)))
    assert [day.date for day in bank.days["persons"]] == bank.plan.month_ends[::-1]


# -- how wealth is spread ------------------------------------------------------------------------------------------


def test_few_own_most(full_size: Invented) -> None:
    assets = np.sort(full_size.days["persons"][0].figures["aum"].to_numpy())[::-1]
    share = np.cumsum(assets) / assets.sum()
    assert 0.30 < share[len(assets) // 100] < 0.55, "of the top 1 %"
    assert 0.80 < share[len(assets) // 5] < 0.95, "of the top 20 %"
    assert assets[0] < 3 * YI
    assert len(np.unique(assets[:50])) == 50, "the richest do not pile up at a limit"


def test_every_tier_of_the_bands_has_customers(full_size: Invented) -> None:
    average = full_size.days["persons"][0].figures["aum_average"].to_numpy()
    band = np.bincount(np.searchsorted(np.array([0.1, 5, 20, 50, 300]) * 10_000, average, side="right"), minlength=6)
    share = band / len(average)
    assert (share > [0.05, 0.35, 0.18, 0.08, 0.07, 0.01]).all(), share
    assert (share < [0.15, 0.50, 0.30, 0.16, 0.15, 0.03]).all(), share


def test_the_same_shape_at_a_tenth_of_the_size() -> None:
    bank = invented(Plan(persons=2_000, seed=5, today=TODAY))
    assert total(bank.days["persons"][0], "deposits") == round(8.225 * YI, 2)


def test_assets_are_the_sum_of_their_parts(full_size: Invented) -> None:
    day = full_size.days["persons"][0]
    parts = sum(day.amounts[kind] for kind in ("deposits", "wealth", "funds", "insurance", "gold"))
    assert np.allclose(day.figures["aum"].to_numpy(), parts, atol=0.01)


@pytest.mark.parametrize("kind", ["persons", "companies"])
def test_accounts_add_up_to_the_figures(full_size: Invented, kind: str) -> None:
    group = getattr(full_size, kind)
    figures = group.today.figures
    balances = group.contracts.accounts.group_by(pl.col("product").str.head(1)).agg(pl.col("balance").sum())
    by_letter = dict(balances.iter_rows())
    assert by_letter["D"] + by_letter["T"] == pytest.approx(figures["deposits"].sum(), abs=0.5)
    assert by_letter["L"] == pytest.approx(figures["loans"].sum(), abs=0.5)


def test_holdings_add_up_to_the_figures_and_mature_ahead(full_size: Invented) -> None:
    holdings = full_size.persons.contracts.holdings
    assert holdings is not None
    sums = dict(holdings.group_by(pl.col("product").str.head(1)).agg(pl.col("amount").sum()).iter_rows())
    figures = full_size.persons.today.figures
    assert sums["W"] == pytest.approx(figures["wealth"].sum(), abs=0.5)
    assert sums["F"] == pytest.approx(figures["funds"].sum(), abs=0.5)
    matures = holdings["matures_on"].drop_nulls()
    assert matures.min() >= TODAY  # type: ignore[operator]
    assert 50 < (matures <= date(2026, 12, 22)).sum() < 800, "some mature within a month"


# -- how it moves --------------------------------------------------------------------------------------------------


def test_personal_deposits_peak_at_quarter_ends_and_before_the_spring_festival(full_size: Invented) -> None:
    deposits = {day.date: total(day, "deposits") for day in full_size.days["persons"]}
    for end, after in [((2026, 3, 31), (2026, 4, 30)), ((2026, 6, 30), (2026, 7, 31)), ((2025, 9, 30), (2025, 10, 31))]:
        assert deposits[date(*end)] > deposits[date(*after)], end
    year_end, january, february = (deposits[date(*day)] for day in [(2025, 12, 31), (2026, 1, 31), (2026, 2, 28)])
    trend = (82.25 / 69.78) ** (1 / 12)
    assert january > year_end * (trend - 0.004), "the festival of 17 February 2026 holds up what January loses"
    assert february < january * trend


def test_companies_pay_out_before_the_spring_festival(full_size: Invented) -> None:
    deposits = {day.date: total(day, "deposits") for day in full_size.days["companies"]}
    assert deposits[date(2026, 1, 31)] < deposits[date(2025, 12, 31)]


def test_customers_come_and_leave(full_size: Invented) -> None:
    here = [int(day.is_here.sum()) for day in full_size.days["persons"]]
    assert here[0] > here[12] > here[24]
    assert 0.01 < 1 - full_size.days["persons"][0].is_here.mean() < 0.06, "share of those who have left"
    left = ~full_size.days["persons"][0].is_here
    assert full_size.days["persons"][0].figures.filter(left)["aum"].max() == 0


def test_month_averages_follow_the_balances(full_size: Invented) -> None:
    figures = full_size.days["persons"][3].figures.filter(pl.col("deposits") > 1000)
    ratio = figures["deposits_average"] / figures["deposits"]
    assert ratio.median() == pytest.approx(1, abs=0.03)
    assert (figures["aum_average"] >= figures["deposits_average"]).all()


# -- who they are --------------------------------------------------------------------------------------------------


def test_identity_numbers_are_valid_unique_and_agree_with_birth_date_and_sex(full_size: Invented) -> None:
    archive = full_size.persons.crowd.archive
    assert archive["id_number"].n_unique() == 20_000
    for number, born, sex in archive.select("id_number", "birth_date", "sex").sample(2_000, seed=1).iter_rows():
        found = identity.resident(number, today=TODAY)
        assert found.ok, number
        assert (found.birth_date, found.sex, found.warning) == (born, sex, None)


def test_credit_codes_are_valid_and_unique(full_size: Invented) -> None:
    codes = full_size.companies.crowd.archive["id_number"]
    assert codes.n_unique() == 1_500
    assert all(identity.credit_code(code).ok for code in codes)
    assert set(codes.str.head(2)) == {"91", "12"}


def test_organisation_codes_inside_carry_their_own_check_character(full_size: Invented) -> None:
    weights, symbols = (3, 7, 9, 10, 5, 8, 4, 2), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for code in full_size.companies.crowd.archive["id_number"].head(200):
        body = code[8:17]
        check = 11 - sum(symbols.index(char) * weight for char, weight in zip(body[:8], weights, strict=True)) % 11
        assert body[8] == {10: "X", 11: "0"}.get(check, str(check))


def test_mobiles_are_well_formed_unique_and_in_blocks_that_nobody_has(full_size: Invented) -> None:
    contacts = full_size.persons.crowd.contacts
    mobiles = contacts.filter(pl.col("kind") == "mobile")["value"]
    assert mobiles.n_unique() == len(mobiles)
    assert all(identity.mobile(number).ok for number in mobiles.head(500))
    assert set(mobiles.str.head(3)) == {"160", "161", "163", "164", "168", "169"}
    assert all(identity.email(address).ok for address in contacts.filter(pl.col("kind") == "email")["value"].head(100))


def test_landlines_are_well_formed(full_size: Invented) -> None:
    for number in full_size.companies.crowd.contacts["value"].head(200):
        assert identity.phone(number).value == number


def test_account_numbers_carry_a_luhn_digit() -> None:
    from keheng.demo.documents import account_numbers

    numbers = account_numbers(1_000, first=7)
    assert numbers.n_unique() == 1_000
    assert set(account_numbers(1, first=500)) < set(numbers)
    for number in numbers:
        digits = [int(digit) for digit in reversed(number)]
        assert len(digits) == 19
        assert (
            sum(digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(digits)) % 10 == 0
        )


def test_names_are_read_as_names(full_size: Invented) -> None:
    for kind, person in (("persons", True), ("companies", False)):
        archive = getattr(full_size, kind).crowd.archive
        for name, pinyin, initials in archive.select("name", "pinyin", "initials").sample(300, seed=2).iter_rows():
            if person:
                assert (pinyin, initials) == spell(name)
            assert pinyin.startswith(initials[0])
            assert name.strip() == name != ""


def test_surnames_are_as_frequent_as_in_the_country_and_some_break_programs(full_size: Invented) -> None:
    names = full_size.persons.crowd.archive["name"]
    share = names.str.head(1).value_counts(normalize=True)
    of = dict(share.iter_rows())
    assert 0.06 < of["王"] < 0.09
    assert 0.06 < of["李"] < 0.09
    assert {"单", "仇", "解", "曾"} <= set(of)
    assert names.str.starts_with("欧阳").any()
    assert names.str.starts_with("尉迟").any()


def test_given_names_follow_the_decade(full_size: Invented) -> None:
    archive = full_size.persons.crowd.archive.with_columns(
        year=pl.col("birth_date").dt.year(), given=pl.col("name").str.slice(1)
    )
    old = archive.filter((pl.col("year") < 1960) & (pl.col("sex") == "m"))["given"].str.contains("[国建德福]").mean()
    young = archive.filter((pl.col("year") > 2000) & (pl.col("sex") == "m"))["given"].str.contains("[国建德福]").mean()
    assert old > 0.2 > 5 * young  # type: ignore[operator]


def test_work_and_schooling_fit_the_age(full_size: Invented) -> None:
    archive = full_size.persons.crowd.archive.with_columns(
        age=(pl.lit(TODAY) - pl.col("birth_date")).dt.total_days() / 365.2425
    )
    assert archive.filter(pl.col("occupation") == "学生")["age"].max() < 23.1  # type: ignore[operator]
    assert archive.filter(pl.col("occupation") == "退休")["age"].min() > 49.9  # type: ignore[operator]
    assert archive.filter((pl.col("age") < 20) & (pl.col("marital") == "已婚")).height < 60
    assert archive["age"].min() >= 10  # type: ignore[operator]
    assert (archive["opened_on"] > archive["birth_date"]).all()


def test_a2_doors_have_customers_behind_them(full_size: Invented) -> None:
    figures = full_size.persons.today.figures
    assert figures.filter(pl.col("card_grade") >= 2).height > 500
    assert figures.filter(pl.col("card_spend") >= 50_000).height > 500
    assert figures.filter(pl.col("loans") >= 300_000).height > 500
    assert figures.filter(pl.col("margin") >= 10_000).height > 300
    assert figures.filter(pl.col("lots") >= 200).height > 5
    details = full_size.companies.details
    assert details is not None
    assert details["is_strategic"].sum() >= 3
    assert details["is_institution"].sum() > 40
    assert details.filter(pl.col("annual_sales") >= 300_000_000).height > 5


# -- who looks after them ------------------------------------------------------------------------------------------


def test_a3_persons_from_20wan_have_an_owner_at_their_outlet_and_others_none(full_size: Invented) -> None:
    group = full_size.persons
    owned = group.today.figures["aum_average"].to_numpy() >= 200_000
    assert (group.owner_ids.is_not_null().to_numpy() == (owned & ~group.crowd.life.has_left)).all()
    outlets = group.owner_ids.fill_null(-1).to_numpy() // 100
    assert (outlets[outlets >= 0] == group.crowd.outlet[outlets >= 0]).all()


def test_companies_belong_to_corporate_managers(full_size: Invented) -> None:
    owners = full_size.companies.owner_ids.drop_nulls()
    assert set(owners % 100) == {50}
    assert len(owners) > 1_400


# -- determinism ---------------------------------------------------------------------------------------------------


def digest(bank: Invented) -> list[int]:
    frames = [bank.persons.crowd.archive, bank.persons.crowd.contacts, bank.companies.crowd.archive]
    frames += [bank.persons.contracts.accounts, bank.persons.contracts.holdings, bank.companies.contracts.accounts]  # type: ignore[list-item]
    frames += [day.figures for days in bank.days.values() for day in days]
    return [int(frame.hash_rows(seed=1).sum()) for frame in frames]


def test_the_same_seed_gives_the_same_bank_and_another_another() -> None:
    first, again, other = (digest(invented(Plan(persons=800, seed=seed, today=TODAY))) for seed in (3, 3, 4))
    assert first == again
    assert all(a != b for a, b in zip(first, other, strict=True))


def test_twenty_customers_are_enough_for_a_bank() -> None:
    bank = invented(Plan(persons=20, seed=1, today=TODAY))
    assert bank.companies.crowd.count == 2
    assert total(bank.days["persons"][0], "deposits") == round(0.08225 * YI, 2)
