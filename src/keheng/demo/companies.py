"""The bank's companies and institutions."""

import numpy as np
import polars as pl

from keheng.customers.enums import IdentityKind
from keheng.demo.crowd import Crowd, days_before, draw_life, ranked
from keheng.demo.documents import credit_codes, landlines
from keheng.demo.names import company_names, institution_names
from keheng.demo.organisation import Organisation
from keheng.demo.plan import Plan, pick, table, where

_WAN = 10_000
_SHARE_OF_BORROWERS = 0.18
_SHARE_OF_STRATEGIC = 0.006


def make_companies(plan: Plan, organisation: Organisation) -> tuple[Crowd, pl.DataFrame]:
    """Make the companies of the plan: the crowd, and the columns of the company table."""
    count = plan.companies
    random = plan.random("companies")
    data = table("companies")
    trades = pick(random, [trade["share"] for trade in data["trades"]], count)
    is_institution = random.random(count) < data["institutions"]["share"] / 100
    names = company_names(plan.random("company names"), trades)
    others = institution_names(plan.random("institution names"), count)
    named = pl.DataFrame({column: where(is_institution, others[column], names[column]) for column in names.columns})
    median = np.array([trade["sales"] for trade in data["trades"]], dtype=float)[trades]
    sales = np.exp(np.log(median) + 1.5 * random.standard_normal(count)) * _WAN
    assets = sales * np.exp(0.1 + 0.5 * random.standard_normal(count))
    score = 0.6 * np.log(sales / _WAN) + 1.1 * random.standard_normal(count)
    rank = ranked(score)
    is_borrower = ~is_institution & (random.random(count) < _SHARE_OF_BORROWERS * (0.4 + 1.2 * rank))
    life = draw_life(random, oldest=np.full(count, 20 * 365))
    archive = named.with_columns(
        kind=pl.lit("company"),
        status=life.status,
        id_kind=pl.lit(IdentityKind.CREDIT_CODE.value),
        id_number=credit_codes(random, is_institution),
        sex=pl.lit(""),
        birth_date=pl.lit(None, pl.Date),
        occupation=pl.lit(""),
        education=pl.lit(""),
        marital=pl.lit(""),
        do_not_disturb=pl.lit(value=False),
        opened_on=days_before(plan.today, life.opened),
    )
    outlet = pick(random, organisation.outlets["weight"].to_list(), count)
    contacts = pl.DataFrame(
        {"place": np.arange(count), "kind": pl.repeat("phone", count, eager=True), "value": landlines(count)}
    )
    industries = pl.Series([trade["industry"] for trade in data["trades"]]).gather(trades)
    details = pl.DataFrame(
        {
            "industry": where(~is_institution, industries, pl.repeat("公共管理和社会组织", count, eager=True)),
            "is_borrower": is_borrower,
            "is_institution": is_institution,
            "is_strategic": ~is_institution & (rank > 0.9) & (random.random(count) < _SHARE_OF_STRATEGIC * 10),
            "annual_sales": np.where(is_institution, np.nan, sales.round(-3)),
            "total_assets": np.where(is_institution, np.nan, assets.round(-3)),
            "credit_target": np.where(is_borrower & (rank > 0.7), (sales * 0.3).round(-5), np.nan),
            "employees": np.maximum(3, sales / _WAN / 45 * np.exp(0.4 * random.standard_normal(count))).astype(
                np.int64
            ),
        }
    ).with_columns(pl.col("annual_sales", "total_assets", "credit_target").fill_nan(None))
    return Crowd(archive, contacts, outlet, rank, life), details
