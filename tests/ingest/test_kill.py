"""A program killed at any moment leaves nothing half loaded, and the next run completes it."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.standard_file import write_standard_file
from django.db import connection
from tests.ingest.conftest import AT, Loader

from keheng.customers.models import Customer
from keheng.ingest import operations
from keheng.ingest.enums import BatchState
from keheng.ingest.models import Batch
from keheng.org.models import Staff

ROWS = 30_000
PROGRAM = """
import sys, django
django.setup()
from keheng.common import clock
from keheng.ingest import operations
from keheng.ingest.models import Batch
batch = Batch.objects.select_related("actor").get(pk=int(sys.argv[1]))
print("ready", flush=True)
operations.load(batch=batch, actor=batch.actor, now=clock.now)
"""
CONTENT = """
    select count(*), md5(string_agg(concat_ws('|', number, name, initials, id_index, birth_date, customer.aum,
               figures.aum, figures.as_of, points.sealed), ',' order by number))
      from customers_customer customer
      left join portfolio_currentfigures figures on figures.customer_id = customer.id
      left join (select customer_id, string_agg(kind || value_index::text || is_primary, ',' order by kind) as sealed
                   from customers_contactpoint group by customer_id) points on points.customer_id = customer.id
"""


def test_killed_at_any_moment_and_run_again(load: Loader, actor: Staff, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    write_standard_file(path, ROWS)
    load(path)
    clean = content()
    empty_tables()

    chance = random.Random(20261122)
    for _attempt in range(4):
        batch = operations.create(profile="standard", path=path, actor=actor, at=AT)
        with running(batch, home) as program:
            time.sleep(chance.uniform(0.05, 3.0))
            program.send_signal(signal.SIGKILL)
        batch.refresh_from_db()
        if batch.state == BatchState.DONE:  # it was quicker than the blow
            assert content() == clean
            empty_tables()
        else:
            assert content() == (0, None)

    assert load(path).state == BatchState.DONE
    assert content() == clean
    assert not Batch.objects.filter(state=BatchState.RUNNING).exists()
    assert load(path).unchanged == ROWS


class running:  # used like a function
    """A load in a program of its own, on the tests' database."""

    def __init__(self, batch: Batch, home: Path) -> None:
        settings = connection.settings_dict
        address = f"postgresql://{settings['USER']}@/{settings['NAME']}?host={quote(settings['HOST'], safe='')}"
        self._environment = {**os.environ, "DATABASE_URL": settings.get("URL", address)}
        self._batch = batch

    def __enter__(self) -> "subprocess.Popen[str]":
        self._program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(self._batch.pk)],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._program.stdout is not None
        assert self._program.stdout.readline() == "ready\n"
        return self._program

    def __exit__(self, *_problem: Any) -> None:
        self._program.kill()
        self._program.communicate()


def content() -> tuple[int, str | None]:
    """How many customers there are, and a fingerprint of what is known of them, whatever their keys."""
    with connection.cursor() as cursor:
        cursor.execute(CONTENT)
        return cursor.fetchone()


def empty_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("truncate customers_customer, customers_contactpoint, portfolio_currentfigures cascade")
    assert not Customer.objects.exists()
