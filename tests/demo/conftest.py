"""Demo banks: one invented at full size without a database, one small one built in the test database."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from tests.demo.banks import TODAY, Invented, invented, silent

from keheng.cli.migrate import load_presets
from keheng.demo import bank
from keheng.demo.plan import Plan


@pytest.fixture(scope="session")
def full_size() -> Invented:
    """The bank of requirement A9 at its own size, invented but not written."""
    return invented(Plan(persons=20_000, seed=1, today=TODAY))


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Plan]:
    """A small bank in the test database, undone after the module.

    Modules that use it carry the mark ``django_db``: without it pytest-django makes no test database.
    """
    plan = Plan(persons=600, seed=1, today=TODAY)
    with django_db_blocker.unblock(), transaction.atomic():
        assert str(connection.settings_dict["NAME"]).startswith("test_")
        load_presets()
        bank.build(plan, plan.at, silent)
        yield plan
        transaction.set_rollback(True)
