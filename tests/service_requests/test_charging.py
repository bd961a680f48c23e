"""Penalties are charged once, whoever charges at the same moment and whatever was killed in between."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier

import pytest
from tests.service_requests.conftest import MONDAY
from tests.service_requests.test_worker import apart

from keheng.org.models import Staff
from keheng.service_requests.enums import SlaEventKind
from keheng.service_requests.models import PenaltyEntry, PenaltySheet, ServiceRequest, SlaEvent
from keheng.service_requests.operations import charging, closing, following, handling

Opened = Callable[..., ServiceRequest]


def finish_late(request: ServiceRequest, actor: Staff) -> None:
    """Finish a request of 15 minutes 12 minutes too late."""
    handling.check(request=request, codes=["identity"], actor=actor, at=MONDAY)
    closing.resolve(request=request, resolution="好", actor=actor, at=MONDAY + timedelta(minutes=27))


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_charge_the_same_people_never_wait_in_a_circle(
    opened: Opened, teller: Staff, head: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(charging, "charge", lambda **_given: 0)
        for place in range(24):
            at = MONDAY + timedelta(seconds=place)
            request = opened(take=True, actor=(teller, head)[place // 2 % 2], at=at)
            finish_late(request, request.assignee or teller)
    events = list(SlaEvent.objects.filter(kind=SlaEventKind.LATE).order_by("at", "pk").values_list("pk", flat=True))
    assert len(events) == 24
    failures: list[BaseException] = []
    together = Barrier(2, timeout=20)

    def charge(share: list[int]) -> Callable[[], None]:
        def run() -> None:
            for place in range(0, len(share), 2):
                together.wait()
                charging.charge(event_ids=share[place : place + 2], at=MONDAY)

        return run

    # events lie as T T H H T T H H: one process meets T, H at a time, the other H, T
    threads = [apart(charge(share), failures) for share in (events[1:-1:2] + events[-1:], events[2:-1:2] + events[:1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert PenaltyEntry.objects.count() == 24
    for sheet in PenaltySheet.objects.all():
        assert {entry.error_number for entry in sheet.entries.all()} == set(range(1, 13))


def test_what_a_killed_process_left_is_charged_once(opened: Opened, teller: Staff) -> None:
    finish_late(opened(take=True), teller)  # what follows from a commit never comes in this test
    assert not PenaltyEntry.objects.exists()
    tomorrow = MONDAY + timedelta(days=1)
    assert charging.charge_missed(since=MONDAY, at=tomorrow) == 1
    assert charging.charge_missed(since=MONDAY, at=tomorrow) == 0
    assert charging.charge_missed(since=tomorrow, at=tomorrow + timedelta(days=1)) == 0
    assert PenaltyEntry.objects.get().sheet.staff == teller


def test_a_pause_that_ends_by_itself_never_undoes_what_somebody_did_meanwhile(opened: Opened, teller: Staff) -> None:
    request = opened(take=True)
    handling.pause(request=request, reason="customer", note="", actor=teller, at=MONDAY)
    request.refresh_from_db()
    assert request.pause_ends is not None
    late = request.pause_ends + timedelta(minutes=1)
    handling.cancel(request=request, reason="不需要了", actor=teller, at=late)
    following._end_pause(request.pk, teller, late)  # the tick had found it paused
    request.refresh_from_db()
    assert request.state == "cancelled"
    assert not request.steps.filter(kind="resumed").exists()
