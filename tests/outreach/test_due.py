"""What is due and not planned: a salon a month at each outlet, a banquet or an outing each half-year (A4 [004a])."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.outreach.conftest import AT, MakeEvent

from keheng.common import clock
from keheng.common.clock import month_end
from keheng.outreach.enums import EventState
from keheng.outreach.models import Event
from keheng.outreach.policies.rules import Rules, period
from keheng.outreach.queries.due import due
from keheng.outreach.queries.rules import preset

TODAY = date(2026, 11, 23)


@given(st.sampled_from([1, 2, 3, 4, 6, 12]), st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_periods_hold_their_day_and_follow_each_other(months: int, day: date) -> None:
    first, last = period(months, day)
    assert first <= day <= month_end(last)
    assert period(months, first) == period(months, month_end(last)) == (first, last)
    assert period(months, month_end(last) + timedelta(days=1))[0] == month_end(last) + timedelta(days=1)
    assert (last.year - first.year) * 12 + last.month - first.month + 1 == months


def test_a4_half_years_begin_in_january_and_july() -> None:
    assert period(6, TODAY) == (date(2026, 7, 1), date(2026, 12, 1))


def test_a4_each_outlet_holds_a_salon_or_an_appreciation_every_month(bank: SimpleNamespace, salon: MakeEvent) -> None:
    coming = salon()
    found = {one.kind: one for one in due(bank.president, TODAY)}
    assert set(found) == {"salon", "seminar", "banquet", "symposium"}
    small = found["salon"]
    assert (small.names, small.first, small.last) == ("理财沙龙、客户答谢", date(2026, 11, 1), date(2026, 11, 30))
    assert (small.planned, small.places, small.missing) == (1, 2, [bank.other.name])
    assert (found["banquet"].names, found["banquet"].places) == ("贵宾酒会、贵宾郊游", 1)
    Event.objects.filter(pk=coming.pk).update(kind="appreciation")
    assert due(bank.head, TODAY)[0].missing == []
    Event.objects.filter(pk=coming.pk).update(state=EventState.CANCELLED, cancelled_because="x")
    assert due(bank.head, TODAY)[0].missing == [bank.outlet.name]
    assert [one.kind for one in due(bank.head, TODAY)] == ["salon"], "what the branch holds is not asked of an outlet"


def test_the_month_of_an_event_is_that_of_shanghai(bank: SimpleNamespace, salon: MakeEvent) -> None:
    coming, late = salon(), AT.replace(month=10, day=31, hour=15, minute=59)
    Event.objects.filter(pk=coming.pk).update(starts_at=late, ends_at=late + timedelta(hours=1))
    assert due(bank.head, TODAY)[0].missing == [bank.outlet.name]
    Event.objects.filter(pk=coming.pk).update(starts_at=late + timedelta(minutes=1))
    assert due(bank.head, TODAY)[0].missing == []


def test_whoever_plans_sees_it_above_the_list(
    bank: SimpleNamespace, salon: MakeEvent, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    salon()
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    client.force_login(bank.president)
    page = client.get(reverse("outreach:events")).content.decode()
    assert bank.other.name in page
    assert f"{reverse('outreach:new')}?kind=salon" in page
    client.force_login(bank.teller)
    assert f"{reverse('outreach:new')}?kind=salon" not in client.get(reverse("outreach:events")).content.decode()


def test_three_queries_whatever_the_number(bank: SimpleNamespace, salon: MakeEvent) -> None:
    due(bank.president, TODAY)
    counts = []
    for _round in range(2):
        salon()
        with CaptureQueriesContext(connection) as queries:
            due(bank.president, TODAY)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_kind_counts_only_as_one_of_its_own() -> None:
    content = preset().model_dump(mode="json")
    for lost in ("nothing", "appreciation"):
        content["kinds"][0]["counts_as"] = lost
        with pytest.raises(ValidationError, match="of its own"):
            Rules.model_validate(content)
