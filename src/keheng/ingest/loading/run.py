"""The load itself: one transaction from the first row to the reconciliation."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, partial

import polars as pl
from django.db import connection
from django.db.backends.utils import CursorWrapper

from keheng.common.clock import SHANGHAI
from keheng.common.copying import rebuilding_indexes
from keheng.customers.feeds import merge as customers
from keheng.customers.feeds.turns import share_bulk_turn
from keheng.ingest import policies
from keheng.ingest.checking.accounts import check_accounts
from keheng.ingest.checking.rows import Checked, RowChecker
from keheng.ingest.checking.sheet import Layout
from keheng.ingest.enums import Kind
from keheng.ingest.faults import fault
from keheng.ingest.loading import control
from keheng.ingest.loading.ahead import ahead
from keheng.ingest.loading.feed import Feed, open_feed
from keheng.ingest.loading.progress import Beacon
from keheng.ingest.loading.rejects import RejectsFile
from keheng.ingest.loading.turns import Wait, take_tables, take_turn
from keheng.ingest.loading.writer import Writer
from keheng.ingest.models import Batch
from keheng.ingest.policies import Line
from keheng.ingest.profiles.model import Accounts, Profile
from keheng.ingest.profiles.targets import ACCOUNT_TARGETS, TARGETS
from keheng.org.models import Branch, Staff
from keheng.portfolio import merge as portfolio
from keheng.portfolio.models import Product

type Report = Callable[[int, int, int], None]
"""Told rows read, how far the file is read, and how large it is."""

# For the length of the transaction; the last lets the server end it soon after the program was killed.
_SESSION = {
    "synchronous_commit": "off",
    "work_mem": "128MB",
    "maintenance_work_mem": "256MB",
    "client_connection_check_interval": "1s",
}
_NONE = Decimal(0)


@dataclass
class Tally:
    """What became of the rows."""

    read: int = 0
    rejected: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    accounts: int = 0


class Load:
    """One batch on its way in."""

    def __init__(self, batch: Batch, profile: Profile, beacon: Beacon, rejects: RejectsFile) -> None:
        self._batch = batch
        self._profile = profile
        self._beacon = beacon
        self._rejects = rejects
        self.tally = Tally()
        self.lines: list[Line] = []

    @property
    def rejects_path(self) -> str:
        return self._rejects.path

    def run(self, *, now: Callable[[], datetime], wait: Wait, report: Report | None) -> None:
        """Read, check, write and reconcile, in the caller's transaction.

        Raises:
            Fault: nothing may be committed.
        """
        with connection.cursor() as cursor:
            take_turn(cursor, self._profile.code, wait and partial(self._wait, wait))
            share_bulk_turn()
            at = now()
            self._beacon.begin(at)
            for name, value in _SESSION.items():
                cursor.execute(f"set local {name} = '{value}'")
            self._run(cursor, at, report or (lambda _read, _done, _size: None))
        control.check(self.lines, self._profile)

    def _wait(self, tell: Callable[[], None]) -> None:
        self._beacon.wait()
        tell()

    def _run(self, cursor: CursorWrapper, at: datetime, report: Report) -> None:
        feed = open_feed(self._profile, self._batch.file, self._batch.mapping)
        feed.recognition.check(self._profile, feed.headings, feed.file)
        stated = control.side_file_totals(self._profile, self._batch.file)
        today = at.astimezone(SHANGHAI).date()
        if self._as_of > today:
            raise fault("future", date=self._as_of)
        checker = RowChecker(self._profile, self._layout(feed, today))
        writer = Writer(cursor, self._profile, branch_id=self._branch_id, fields=feed.recognition.fields, at=at)
        with ExitStack() as stack, ahead(map(checker.check, feed.chunks())) as chunks:
            for checked in chunks:
                if not self.tally.read and self._is_first_load(cursor, writer, checked, feed):
                    stack.enter_context(rebuilding_indexes(cursor, *customers.TABLES))
                self._take(checked, writer, feed)
                report(self.tally.read, checked.done, feed.size)
        if not self.tally.read:
            raise fault("header_only", file=feed.file)
        writer.finish()
        self.tally.created, self.tally.updated, self.tally.unchanged = writer.counts
        self.lines = self._reconcile(writer, checker, control.merged(stated, checker.footer))
        if writer.alone:
            cursor.execute("analyze customers_customer, portfolio_currentfigures")  # for whoever reads them next
        if self._profile.accounts and feed.accounts:
            self._load_accounts(cursor, self._profile.accounts, feed.accounts(), today)

    def _take(self, checked: Checked, writer: Writer, feed: Feed) -> None:
        late = writer.write(checked)
        self._rejects.write([*checked.rejects, *late])
        self.tally.read += checked.read
        self.tally.rejected += checked.rejected + len(late)
        total = max(feed.size, checked.done)
        self._beacon.report(read=self.tally.read, rejected=self.tally.rejected, done=checked.done, total=total)

    def _is_first_load(self, cursor: CursorWrapper, writer: Writer, first: Checked, feed: Feed) -> bool:
        """Tell whether indexes are built at the end: where that pays and nobody is in the way."""
        coming = int(first.read * writer.share_of_new(first) * max(feed.size, 1) / max(first.done, 1))
        cursor.execute("select count(*) from (select from customers_customer limit %s) known", [coming + 1])
        known = cursor.fetchone()[0]
        if not (policies.rebuild_pays(known=known, coming=coming) and take_tables(cursor, customers.TABLES)):
            return False
        cursor.execute("select not exists (select from customers_customer)")
        writer.alone = cursor.fetchone()[0]
        return True

    def _reconcile(self, writer: Writer, checker: RowChecker, stated: control.Totals) -> list[Line]:
        accepted = Decimal(self.tally.read - self.tally.rejected)
        rows = None if stated.rows is None else Decimal(stated.rows)
        lines = [Line("rows", rows, Decimal(self.tally.read), accepted, _NONE, Decimal(writer.count()))]
        sums = checker.sums
        held = writer.held(list(sums.accepted))
        for name, total in sums.accepted.items():
            older = writer.older.get(name, _NONE)
            lines.append(Line(name, stated.sums.get(name), sums.stated[name], total, older, held[name]))
        return lines

    def _load_accounts(self, cursor: CursorWrapper, accounts: Accounts, frame: pl.DataFrame, today: date) -> None:
        product, _made = Product.objects.get_or_create(
            code=accounts.product.code, defaults={"name": accounts.product.name, "kind": accounts.product.kind}
        )
        headings = {name: column.headings[0] for name, column in accounts.columns.items()}
        layout = Layout(
            columns=accounts.columns,
            targets=ACCOUNT_TARGETS,
            headings=headings,
            factors=dict.fromkeys(headings, Decimal(1)),
            branches={},
            staff={},
            as_of=self._as_of,
            today=today,
        )
        checked = check_accounts(
            frame,
            layout,
            currency=self._profile.currency,
            factor=self._profile.factor,
            find=partial(customers.known_customers, cursor),
        )
        self._rejects.write(checked.rejects)
        self.tally.accounts = portfolio.merge_accounts(cursor, checked.rows, product_id=product.pk)
        found, accepted, loaded = map(Decimal, (frame.height, checked.rows.height, self.tally.accounts))
        self.lines.append(Line("accounts", None, found, accepted, _NONE, loaded))

    # -- what the rows are read by ---------------------------------------------------------------------------------

    def _layout(self, feed: Feed, today: date) -> Layout:
        headings = feed.recognition.fields
        factors = {
            name: (self._profile.columns[name].factor or self._profile.factor) * feed.recognition.units.get(name, 1)
            for name in headings
            if self._profile.kind_of(name) == Kind.AMOUNT
        }
        return Layout(
            columns=self._profile.columns,
            targets=TARGETS,
            headings=headings,
            factors=factors,
            branches=dict(Branch.objects.filter(is_active=True).values_list("code", "pk")),
            staff=dict(Staff.objects.filter(is_active=True).values_list("username", "pk")),
            as_of=self._as_of,
            today=today,
        )

    @cached_property
    def _as_of(self) -> date:
        """The date of the figures where the rows name none: as asked, the profile's, or the file's own date."""
        named = self._batch.as_of or self._profile.as_of
        return named or datetime.fromtimestamp(self._batch.file.stat().st_mtime, SHANGHAI).date()

    @cached_property
    def _branch_id(self) -> int:
        if self._batch.branch_id:
            return self._batch.branch_id
        branch = Branch.objects.filter(code=self._profile.branch).values_list("pk", flat=True).first()
        if branch is None:
            raise fault("unknown_branch", branch=self._profile.branch)
        return branch
