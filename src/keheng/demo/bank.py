"""The demo bank as a whole: whether it is there, and building it in one transaction."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import product

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import override

from keheng.audit.operations import record
from keheng.common.copying import rebuilding_indexes
from keheng.customers.models import Company, ContactPoint, Customer
from keheng.demo import archives, dossiers, losses, papers, privacy, ties
from keheng.demo.archives import write_archives
from keheng.demo.blemishes import share_a_phone, write_twins
from keheng.demo.call_centre import build_call_centre
from keheng.demo.caring import write_ownership
from keheng.demo.complaint_letters import write_letters
from keheng.demo.complaints import write_complaints
from keheng.demo.deciding import morning_after, write_decisions
from keheng.demo.dossiers import write_dossiers
from keheng.demo.events import write_events
from keheng.demo.invention import invent
from keheng.demo.losses import write_losses
from keheng.demo.organisation import build_organisation
from keheng.demo.ownership import BUILT, Owner, owner
from keheng.demo.papers import write_papers
from keheng.demo.plan import Plan
from keheng.demo.potentials import write_potentials
from keheng.demo.privacy import write_privacy
from keheng.demo.quality import build_quality
from keheng.demo.rules import write_rules
from keheng.demo.serving import write_requests
from keheng.demo.ties import write_ties
from keheng.demo.value import feed_indicators, write_prospects, write_strategic_list
from keheng.demo.work import build_work
from keheng.demo.writing import Report, Writer, write_products
from keheng.org.queries import system_actor
from keheng.portfolio.models import Account, CurrentFigures, Holding, MonthEndFigures
from keheng.tiering.models import Scheme
from keheng.tiering.operations import evaluate
from keheng.tiering.operations.value import compute_value
from keheng.tiering.queries import scheme_named
from keheng.tiering.queries.companies import CLASS_SCHEME

type Step = Callable[[str], AbstractContextManager[Report]]

_REGISTERS = [model._meta.db_table for model in (Customer, Company, ContactPoint, Account, Holding)]
_FIGURES = [model._meta.db_table for model in (CurrentFigures, MonthEndFigures)]
TABLES = [*_REGISTERS, *_FIGURES]
ARCHIVE = [*dossiers.TABLES, *ties.TABLES, *papers.TABLES, *losses.TABLES]


def build(plan: Plan, at: datetime, step: Step) -> None:
    """Build the demo bank of the plan in a database that is nobody's; on any failure nothing of it is left.

    Args:
        plan: which bank.
        at: the present; the trail and the evaluations carry it.
        step: opens a step of the progress display and gives what its share done is reported to.
    """
    # Sentences are kept in the bank's language, those too that follow from the commit.
    with override(settings.LANGUAGE_CODE), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('keheng.demo'))")  # of two starters one builds
        if owner() is not Owner.NOBODY:
            return
        with step("Branches and staff"):
            organisation = build_organisation(plan)
            products = write_products()
        with step("Inventing customers"):
            groups = invent(plan, organisation)
        writer = Writer(cursor, plan, organisation, products)
        keyed = [(group, writer.reserve(group.crowd.count)) for group in groups]
        with rebuilding_indexes(cursor, *_REGISTERS):
            for group, first in keyed:
                with step(group.title) as report:
                    writer.customers(group, first, report)
                with step(f"{group.title}: accounts and holdings") as report:
                    writer.contracts(group, first, report)
        write_prospects(cursor, plan, organisation)
        with step("Figures of 24 months") as report:
            writer.figures(keyed, report)
        write_twins(cursor, plan)
        cursor.execute(f"analyze {', '.join(TABLES)}")
        with step("Tiers") as report:
            _sort(plan, at, report)
            evaluate(scheme=scheme_named(CLASS_SCHEME), as_of=plan.today, actor=system_actor(), at=at)
            write_decisions(plan.month_ends[-1], at)
            write_rules(plan, at)
        with step("Owners"):
            write_ownership(cursor, plan)
        with step("Archives, risk assessments and reviews"):
            write_archives(cursor, plan)
            write_potentials(cursor, plan)
            cursor.execute(f"analyze {', '.join(archives.TABLES)}")
        with step("Dossiers, families and documents") as report:
            for place, write in enumerate((write_dossiers, write_ties, write_papers, write_losses)):
                write(cursor, plan)
                report((place + 1) / 4)
            cursor.execute(f"analyze {', '.join(ARCHIVE)}")
        with step("Value matrix"):
            write_strategic_list(cursor, at, system_actor())
            feed_indicators(cursor, plan, system_actor())
            compute_value(actor=system_actor(), at=at)
        with step("Consents and privacy requests"):
            write_privacy(cursor, plan)
            cursor.execute(f"analyze {', '.join(privacy.TABLES)}")
        with step("Data quality"):
            share_a_phone(cursor, plan)
            build_quality(cursor, plan, at)
        _work(cursor, plan, at, step)
        record(BUILT, actor=system_actor(), at=at, detail={"persons": plan.persons, "seed": plan.seed})


def _work(cursor: CursorWrapper, plan: Plan, at: datetime, step: Step) -> None:
    """What people do all day: contacts and tasks, calls, requests at the desk."""
    with step("Today's work"):
        build_work(cursor, plan, at)
    with step("Call centre"):
        build_call_centre(plan, at)
    with step("Service requests"):
        write_requests(plan, at)
    with step("Complaints"):
        write_complaints(plan, at)
        write_letters(at)
    with step("Events"):
        write_events(cursor, plan)


def settle() -> None:
    """Mark what was built as seen by all, so that first reads need not; outside a transaction, after the build."""
    with connection.cursor() as cursor:
        cursor.execute(f"vacuum {', '.join(TABLES)}")


def _sort(plan: Plan, at: datetime, report: Report) -> None:
    """Evaluate the primary schemes for the last four month ends and today: moves to look at, downgrades to approve."""
    schemes = Scheme.objects.filter(is_primary=True)
    days = sorted({*plan.month_ends[-4:], plan.today})
    for place, (scheme, day) in enumerate(product(schemes, days)):
        evaluate(scheme=scheme, as_of=day, actor=system_actor(), at=morning_after(day, at))
        report((place + 1) / (len(schemes) * len(days)))
