"""The tick: every mark is told once, late ones as late, whatever the number of open requests."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import StaffFactory
from tests.service_requests.conftest import MONDAY, SUPERVISOR, moment

from keheng.notices.models import Notice
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.org.queries import system_actor
from keheng.service_requests.enums import SlaEventKind
from keheng.service_requests.models import PenaltyEntry, RequestClock, ServiceRequest, SlaEvent
from keheng.service_requests.operations import closing, following, handling, ticking

pytestmark = pytest.mark.usefixtures("english")
Opened = Callable[..., ServiceRequest]


def marks() -> list[tuple[str, str, bool]]:
    found = SlaEvent.objects.filter(kind=SlaEventKind.MARK)
    return list(found.values_list("clock__kind", "mark", "told_late"))


def test_each_mark_is_told_once(opened: Opened, teller: Staff, head: Staff) -> None:
    request = opened(take=True)  # 15 minutes
    told = [ticking.tick(actor=teller, at=MONDAY + timedelta(minutes=minute)) for minute in (7, 8, 8, 12, 15, 16)]
    assert told == [0, 1, 0, 1, 1, 0]
    assert marks() == [("handling", "half", False), ("handling", "near", False), ("handling", "due", False)]
    notices = list(Notice.objects.order_by("pk").values_list("staff__name", "title"))
    assert [name for name, _title in notices] == [
        "王倩",
        "王倩",
        *sorted(["王倩", "林建峰"], key=lambda n: n != "王倩"),
    ]
    assert "50% of the limit of Handling is used" in notices[0][1]
    assert "has been reached" in notices[-1][1]
    request.refresh_from_db()
    assert request.is_late


def test_after_an_hour_away_everything_is_told_once_and_late(opened: Opened, teller: Staff, head: Staff) -> None:
    opened(take=True)
    back = moment("11-23 10:36")
    assert ticking.tick(actor=teller, at=back) == 5
    assert marks() == [
        ("handling", "half", True),
        ("handling", "near", True),
        ("handling", "due", True),
        ("handling", "over-10", True),
        ("handling", "over-20", True),
    ]
    assert "(told late)" in Notice.objects.first().title  # type: ignore[union-attr]
    assert ticking.tick(actor=teller, at=back) == 0
    assert SlaEvent.objects.filter(at__gt=back).count() == 0
    assert not RequestClock.objects.exclude(next_at=None).exists()


def test_whoever_takes_it_after_the_last_edge_is_not_charged_for_it(
    opened: Opened, teller: Staff, other: Staff, django_capture_on_commit_callbacks: Any
) -> None:
    """The worker was away meanwhile: the first asked answers, unless a supervisor had put it into somebody's hands."""
    waiting, given = opened("authorisation-code"), opened("authorisation-code")
    assert waiting.opened_by == teller
    head = StaffFactory.create(branch=teller.branch, permissions=SUPERVISOR, scope=DataScope.ALL)
    handling.assign(request=given, to=other, actor=head, at=moment("11-23 09:01"))
    for request in (waiting, given):
        handling.claim(request=request, actor=other, at=moment("11-23 09:36"))  # due 09:15, the last edge 09:35
    with django_capture_on_commit_callbacks(execute=True):
        following.tick(actor=system_actor(), at=moment("11-23 10:00"))
    charged = dict(PenaltyEntry.objects.values_list("request", "sheet__staff"))
    assert charged == {waiting.pk: teller.pk, given.pk: other.pk}


def test_two_workers_tell_each_mark_once(opened: Opened, teller: Staff) -> None:
    for _ in range(3):
        opened()
    told = [ticking.tick(actor=teller, at=moment("11-23 09:04")) for _ in range(2)]
    assert told == [9, 0]  # half, near and due of three responses


def test_what_stands_still_or_is_done_is_told_nothing(opened: Opened, teller: Staff) -> None:
    paused, done = opened(take=True), opened(take=True)
    handling.pause(request=paused, reason="customer", note="", actor=teller, at=MONDAY)
    handling.cancel(request=done, reason="客户撤回", actor=teller, at=MONDAY)
    assert ticking.tick(actor=teller, at=moment("11-23 16:59")) == 0


def test_a_pause_holds_nothing_back_that_it_does_not_move(opened: Opened, teller: Staff) -> None:
    """Marks reached before a pause are told in it, and a limit that is passed runs on (A6)."""
    before, after = opened(take=True), opened(take=True)
    handling.pause(request=before, reason="customer", note="", actor=teller, at=moment("11-23 09:09"))
    assert ticking.tick(actor=teller, at=moment("11-23 09:10")) == 2
    handling.pause(request=after, reason="customer", note="", actor=teller, at=moment("11-23 09:16"))
    assert ticking.tick(actor=teller, at=moment("11-23 09:17")) == 2
    ticking.tick(actor=teller, at=moment("11-23 09:21"))
    told = SlaEvent.objects.filter(kind="mark", clock__kind="handling").order_by("at", "pk")
    assert list(told.filter(request=before).values_list("mark", flat=True)) == ["half"]
    assert list(told.filter(request=after).values_list("mark", flat=True)) == ["half", "near", "due"]
    assert (before.clocks.get(kind="handling").next_at, told.filter(told_late=True).count()) == (None, 0)
    ticking.tick(actor=teller, at=moment("11-23 09:36"))
    assert told.filter(request=after).last().mark == "over-20"  # type: ignore[union-attr]
    handling.resume(request=before, actor=teller, at=moment("11-23 09:40"))
    assert before.clocks.get(kind="handling").next_at == moment("11-23 09:43")


def test_the_last_edge_is_charged_while_the_request_is_open(
    opened: Opened, teller: Staff, django_capture_on_commit_callbacks: Any
) -> None:
    request = opened(take=True)
    handling.check(request=request, codes=["identity"], actor=teller, at=MONDAY)
    with django_capture_on_commit_callbacks(execute=True):
        ticking.tick(actor=teller, at=moment("11-23 09:36"))
    entry = PenaltyEntry.objects.get()
    assert (str(entry.points), entry.inspection, entry.sheet.staff) == ("-1.50", True, teller)
    with django_capture_on_commit_callbacks(execute=True):
        closing.resolve(request=request, resolution="好", actor=teller, at=moment("11-23 15:00"))
    assert PenaltyEntry.objects.count() == 1  # each clock costs once


def test_escalation_finds_the_nearest_holder_of_a_post(opened: Opened, teller: Staff, head: Staff) -> None:
    from keheng.org.models import Role

    role = Role.objects.get(code="branch-head")
    boss = StaffFactory.create(role=role, name="总行行长")
    opened(take=True)
    ticking.tick(actor=teller, at=moment("11-23 09:25"))
    told = set(Notice.objects.filter(title__contains="10 minutes over").values_list("staff__name", flat=True))
    assert told == {"王倩", "林建峰", boss.name}


def test_the_tick_takes_as_many_queries_for_many(opened: Opened, teller: Staff) -> None:
    def queries(at: Any) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert ticking.tick(actor=teller, at=at) > 0
        return len(captured)

    opened()
    one = queries(moment("11-23 09:03:30"))
    for _ in range(5):
        opened(at=moment("11-23 10:00"))
    assert queries(moment("11-23 10:03:30")) == one
