"""The table of A6 row by row, with decisions 8, 9, 12 and 13."""

from collections.abc import Callable
from datetime import datetime

import pytest
from tests.service_requests.conftest import MONDAY, moment

from keheng.common.limits import Limit
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.service_requests.enums import ClockKind
from keheng.service_requests.errors import CatalogueError
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.operations.catalogue import shipped
from keheng.service_requests.policies.catalogue import read

A6 = [  # business, normal, priority customers
    ("account-open", "30m", "15m"),
    ("online-attribution", "20m", "5m"),
    ("activation", "1d", "4h"),
    ("online-activation", "10m", "3m"),
    ("login-unlock", "1d", "30m"),  # decision 9
    ("remote-assistance", "15m", "3m"),  # decision 8: “及时” is 15 minutes
    ("authorisation-code", "15m", "3m"),
    ("reset-password", "1d", "15m"),  # decision 9
    ("transfer-account", "1d", "30m"),
    ("close-account", "1d", "30m"),
    ("other", None, "30m"),
]


@pytest.mark.parametrize(("business", "normal", "priority"), A6)
def test_a6_limits_row_by_row(business: str, normal: str | None, priority: str | None) -> None:
    about = read(shipped()).businesses[business]
    assert about.limit(ClockKind.HANDLING, priority=False) == (Limit.read(normal) if normal else None)
    assert about.limit(ClockKind.HANDLING, priority=True) == (Limit.read(priority) if priority else None)
    assert "A6" in about.source


def test_a6_has_eleven_businesses_and_field_service_by_preset() -> None:
    businesses = read(shipped()).businesses
    assert list(businesses) == [row[0] for row in A6] + ["field-service"]
    field = businesses["field-service"]
    told = {kind: str(field.limit(kind, priority=False)) for kind in ClockKind}
    assert told == {"response": "2h", "on_site": "24h", "handling": "48h", "feedback": "1d"}


DUE = {  # opened on Monday at nine: when handling is due, for normal and for priority customers
    "30m": "11-23 09:30",
    "20m": "11-23 09:20",
    "15m": "11-23 09:15",
    "10m": "11-23 09:10",
    "5m": "11-23 09:05",
    "3m": "11-23 09:03",
    "4h": "11-23 14:30",
    "1d": "11-24 09:00",
}


@pytest.mark.parametrize(("business", "normal", "priority"), A6)
def test_a6_due_times_of_opened_requests(
    opened: Callable[..., ServiceRequest],
    big_customer: Customer,
    business: str,
    normal: str | None,
    priority: str,
) -> None:
    answers = {field.code: "x" for field in read(shipped()).businesses[business].fields}
    usual = opened(business, answers=answers)
    quick = opened(business, customer=big_customer, answers=answers)
    assert (usual.is_priority, quick.is_priority) == (False, True)  # decision 13
    due = {request: _due(request) for request in (usual, quick)}
    assert due == {usual: moment(DUE[normal]) if normal else None, quick: moment(DUE[priority])}


def _due(request: ServiceRequest) -> datetime | None:
    clock = request.clocks.filter(kind=ClockKind.HANDLING).first()
    return clock.due_at if clock else None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"marks": [{"code": "half"}]}, "needs either a share"),
        ({"penalties": {"bands": [{"up_to": "5m", "points": -1}], "errors": [-1], "clocks": []}}, "must be open"),
        ({"businesses": [{"code": "x", "name": "x", "name_en": "x", "limits": {"handling": ["soon", None]}}]}, "soon"),
        ({"businesses": [{"code": "x", "name": "x", "name_en": "x", "limits": {"sleep": ["1m", None]}}]}, "sleep"),
    ],
)
def test_a_catalogue_that_cannot_be_is_refused(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(CatalogueError, match=sentence):
        read(shipped() | change)


def test_what_stands_twice_or_lacks_is_refused() -> None:
    definition = shipped()
    with pytest.raises(CatalogueError, match="twice"):
        read(definition | {"businesses": definition["businesses"] * 2})
    with pytest.raises(CatalogueError, match="marks"):
        read({name: value for name, value in definition.items() if name != "marks"})


def test_the_moment_of_the_tests_is_a_working_hour(teller: Staff) -> None:
    assert MONDAY.isoformat() == "2026-11-23T01:00:00+00:00"
