"""The worker ticks while people handle: every mark is told once, whoever comes first, and none is lost (A6)."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from tests.service_requests.conftest import MONDAY

from keheng.notices.models import Notice
from keheng.org.models import Staff
from keheng.service_requests.enums import SlaEventKind, State
from keheng.service_requests.models import RequestClock, ServiceRequest, SlaEvent
from keheng.service_requests.operations import closing, following, handling, ticking
from keheng.service_requests.operations.parts import locked

Opened = Callable[..., ServiceRequest]
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db(transaction=True)


def told() -> Counter[tuple[int, str]]:
    """How often each mark of each clock was told."""
    return Counter(SlaEvent.objects.filter(kind=SlaEventKind.MARK).values_list("clock_id", "mark"))


def apart(act: Callable[[], None], failures: list[BaseException]) -> Thread:
    """A thread with a connection of its own, as another process has; what goes wrong in it is kept."""

    def run() -> None:
        try:
            act()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    return Thread(target=run)


def test_two_workers_and_three_people_at_once_tell_each_mark_once(opened: Opened, teller: Staff, head: Staff) -> None:
    requests = [opened(take=True) for _ in range(12)] + [opened() for _ in range(6)]
    failures: list[BaseException] = []

    def tick() -> None:
        for minute in range(1, 60):
            following.tick(actor=teller, at=MONDAY + minute * MINUTE)

    def handle(share: list[ServiceRequest], begin: int) -> Callable[[], None]:
        def work() -> None:
            for place, request in enumerate(share):
                at = MONDAY + (begin + 3 * place) * MINUTE
                try:
                    handling.pause(request=request, reason="customer", note="", actor=head, at=at)
                    handling.resume(request=request, actor=head, at=at + 2 * MINUTE)
                    handling.check(request=request, codes=["identity"], actor=head, at=at + 2 * MINUTE)
                    closing.resolve(request=request, resolution="好", actor=head, at=at + 3 * MINUTE)
                except ValidationError:  # it still waits for a response
                    handling.claim(request=request, actor=head, at=at)

        return work

    shares = [handle(requests[begin::3], 2 + 4 * begin) for begin in range(3)]
    threads = [apart(act, failures) for act in (tick, tick, *shares)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    end = MONDAY + timedelta(hours=2)
    following.tick(actor=teller, at=end)
    assert set(told().values()) == {1}
    by_clock = Counter(clock for clock, _mark in told())
    for clock in RequestClock.objects.all():
        assert clock.reached == by_clock[clock.pk], "as many are told as are behind"
        due = [mark for mark in clock.marks if mark <= end]
        if clock.stopped_at is None:
            assert clock.reached == len(due), "nothing that was due is left untold"
    assert not RequestClock.objects.filter(stopped_at=None, next_at__lte=end).exists()
    assert Notice.objects.filter(kind="service_requests.clock").count() >= sum(told().values())
    assert ServiceRequest.objects.filter(state=State.RESOLVED).count() == 12


def test_what_somebody_holds_is_told_by_the_next_tick(opened: Opened, teller: Staff) -> None:
    held, free = opened(take=True), opened(take=True)
    taken, release, failures = Event(), Event(), list[BaseException]()

    def hold() -> None:
        with transaction.atomic():
            locked(held)
            taken.set()
            release.wait(10)

    thread = apart(hold, failures)
    thread.start()
    assert taken.wait(10)
    at = MONDAY + 8 * MINUTE
    assert ticking.tick(actor=teller, at=at) == 1  # waits for nobody
    assert set(SlaEvent.objects.filter(kind=SlaEventKind.MARK).values_list("request", flat=True)) == {free.pk}
    release.set()
    thread.join()
    assert ticking.tick(actor=teller, at=at + MINUTE) == 1
    late = SlaEvent.objects.get(kind=SlaEventKind.MARK, request=held)
    assert (late.told_late, late.at) == (False, MONDAY + timedelta(minutes=7, seconds=30))
    assert failures == []


def test_a_tick_that_breaks_tells_nothing_and_the_next_one_all(
    opened: Opened, teller: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_given: object) -> None:
        raise ConnectionError

    opened(take=True)
    at = MONDAY + 8 * MINUTE
    with monkeypatch.context() as patch:
        patch.setattr(ticking, "tell_each", broken)
        with pytest.raises(ConnectionError):
            ticking.tick(actor=teller, at=at)
    assert not told()
    assert not Notice.objects.exists()
    assert ticking.tick(actor=teller, at=at) == 1
    assert list(told().values()) == [1]
