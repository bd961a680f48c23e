"""The demo bank as a whole: whether it is there, and building it in one transaction."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import product

from django.db import connection, transaction

from keheng.audit.models import Entry
from keheng.audit.operations import record
from keheng.common.copying import rebuilding_indexes
from keheng.customers.models import Company, ContactPoint, Customer
from keheng.demo.invention import invent
from keheng.demo.organisation import build_organisation
from keheng.demo.plan import Plan
from keheng.demo.writing import Report, Writer, write_products
from keheng.org.queries import system_actor
from keheng.portfolio.models import Account, CurrentFigures, Holding, MonthEndFigures
from keheng.tiering.models import Scheme
from keheng.tiering.operations import evaluate

type Step = Callable[[str], AbstractContextManager[Report]]

BUILT = "demo.build"
_TABLES = [model._meta.db_table for model in (Customer, Company, ContactPoint, Account, Holding)]
_FIGURES = [model._meta.db_table for model in (CurrentFigures, MonthEndFigures)]


def is_built() -> bool:
    """Tell whether the database is the demo's."""
    return Entry.objects.filter(action=BUILT).exists()


def build(plan: Plan, step: Step) -> None:
    """Build the demo bank of the plan in a free database; on any failure nothing of it is left.

    Args:
        plan: which bank.
        step: opens a step of the progress display and gives what its share done is reported to.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('keheng.demo'))")  # of two starters one builds
        if is_built():
            return
        with step("Branches and staff"):
            organisation = build_organisation(plan)
            products = write_products()
        with step("Inventing customers"):
            groups = invent(plan, organisation)
        writer = Writer(cursor, plan, organisation, products)
        keyed = [(group, writer.reserve(group.crowd.count)) for group in groups]
        with rebuilding_indexes(cursor, *_TABLES):
            for group, first in keyed:
                with step(group.title) as report:
                    writer.customers(group, first, report)
                with step(f"{group.title}: accounts and holdings") as report:
                    writer.contracts(group, first, report)
        with step("Figures of 24 months") as report:
            writer.figures(keyed, report)
        record(BUILT, actor=system_actor(), at=plan.at, detail={"persons": plan.persons, "seed": plan.seed})


def sort_customers(plan: Plan, at: datetime, report: Report) -> None:
    """Evaluate the primary schemes for the last three month ends and today, so that there are moves to look at."""
    schemes = Scheme.objects.filter(is_primary=True)
    days = [*plan.month_ends[-3:], plan.today]
    for place, (scheme, day) in enumerate(product(schemes, days)):
        evaluate(scheme=scheme, as_of=day, actor=system_actor(), at=at)
        report((place + 1) / (len(schemes) * len(days)))


def settle() -> None:
    """Give the planner its statistics; outside a transaction, after the build."""
    with connection.cursor() as cursor:
        cursor.execute(f"vacuum (analyze) {', '.join(_TABLES + _FIGURES)}")
