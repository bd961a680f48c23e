"""The trial pages of this folder."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.factories import RoleFactory, StaffFactory, head_office

from keheng.org.models import Staff


@pytest.fixture
def trial_pages(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.ui.pages"
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [Path(__file__).parent / "templates"]}]


@pytest.fixture
def someone(trial_pages: None, db: None) -> Staff:
    """Whoever may see and export the trial list."""
    return StaffFactory.create(name="林建峰", username="wz0123", permissions=("org.view", "org.export"))


@pytest.fixture
def browse(someone: Staff, client: Client) -> Client:
    client.force_login(someone)
    return client


@pytest.fixture
def crowd(someone: Staff) -> Callable[[int], list[Staff]]:
    """Make ``n`` members of staff."""

    def make(count: int) -> list[Staff]:
        root, role = head_office(), RoleFactory.create(name="柜员")
        names = ("江博文", "洪思源", "邱文静", "钟丽华", "胡晓东", "徐文静", "杨国强")
        return Staff.objects.bulk_create(
            Staff(
                username=f"c{n:04}",
                name=names[n % len(names)],
                branch=root,
                role=role,
                joined_on=date(2020, 1, 1) + timedelta(days=n),
                last_login=datetime(2026, 11, 5, 1, 52, tzinfo=UTC) - timedelta(hours=n),
                is_active=n % 5 > 0,
            )
            for n in range(count)
        )

    return make


def htmx(target: str) -> dict[str, str]:
    """The headers of a request that htmx makes for one element."""
    return {"HX-Request": "true", "HX-Target": target}
