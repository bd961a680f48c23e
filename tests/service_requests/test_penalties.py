"""The ledger of decisions 10 and 11: a month that adds up by hand, and nothing that disappears."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from tests.service_requests.conftest import MONDAY, moment

from keheng.org.models import Staff
from keheng.service_requests.enums import AppealState, SheetState
from keheng.service_requests.models import PenaltyEntry, PenaltySheet, ServiceRequest
from keheng.service_requests.operations import charging, closing, handling, penalties

pytestmark = pytest.mark.usefixtures("english")
NEXT_MONTH = moment("12-01 09:00")


@pytest.fixture
def late(
    opened: Callable[..., ServiceRequest], teller: Staff, django_capture_on_commit_callbacks: Any
) -> Callable[..., None]:
    """Finish a request of 15 minutes so many minutes too late."""

    def finish(minutes: float, at: datetime = MONDAY) -> None:
        request = opened(take=True, at=at)
        handling.check(request=request, codes=["identity"], actor=teller, at=at)
        with django_capture_on_commit_callbacks(execute=True):
            end = at + timedelta(minutes=15 + minutes)
            closing.resolve(request=request, resolution="好", actor=teller, at=end)

    return finish


def points() -> list[str]:
    return [f"{kind} {value}" for kind, value in PenaltyEntry.objects.values_list("kind", "points")]


def total(sheet: PenaltySheet) -> Decimal:
    return sum(sheet.entries.values_list("points", flat=True), Decimal(0))


def test_decision_10_a_month_by_hand(late: Callable[..., None], teller: Staff) -> None:
    for minutes in (0, 3, 5, 8, 12, 25, 18):
        late(minutes)
    assert points() == [
        "overtime -0.50",
        "overtime -0.50",
        "overtime -1.00",
        "error -1.50",  # the first error of the month
        "error -3.00",
        "error -3.00",
    ]
    sheet = PenaltySheet.objects.get()
    assert (sheet.staff, str(sheet.month), total(sheet)) == (teller, "2026-11-01", Decimal("-9.5"))
    assert list(PenaltyEntry.objects.values_list("inspection", flat=True)) == [False] * 4 + [True, False]


def test_another_month_counts_errors_anew(late: Callable[..., None]) -> None:
    late(15)
    late(15, at=NEXT_MONTH)
    assert points() == ["error -1.50", "error -1.50"]
    assert PenaltySheet.objects.count() == 2


def test_an_appeal_that_is_granted_reverses_and_moves_later_errors_up(
    late: Callable[..., None], teller: Staff, head: Staff, other: Staff
) -> None:
    for _ in range(3):
        late(15)
    first = PenaltyEntry.objects.order_by("pk")[0]
    with pytest.raises(PermissionDenied):
        penalties.appeal(entry=first, reason="系统故障", actor=other, at=MONDAY)
    made = penalties.appeal(entry=first, reason="系统故障", actor=teller, at=MONDAY)
    with pytest.raises(ValidationError, match="appealed against this already"):
        penalties.appeal(entry=first, reason="系统故障", actor=teller, at=MONDAY)
    with pytest.raises(PermissionDenied):
        penalties.decide_appeal(appeal=made, grant=True, answer="属实", actor=teller, at=MONDAY)
    made = penalties.decide_appeal(appeal=made, grant=True, answer="属实", actor=head, at=MONDAY)
    assert made.state == AppealState.UPHELD
    assert points() == [
        "error -1.50",
        "error -3.00",
        "error -3.00",
        "reversal 1.50",
        "reversal 3.00",  # the second is now the first
        "error -1.50",
    ]
    assert total(first.sheet) == Decimal("-4.5")
    standing = [str(entry.points) for entry in penalties.live(first.sheet)]
    assert sorted(standing) == ["-1.50", "-3.00"]
    with pytest.raises(ValidationError, match="reversed already"):
        penalties.reverse(entry=first, reason="再次", actor=head, at=MONDAY)


def test_decision_11_offsets_have_a_reason_and_a_cap(late: Callable[..., None], head: Staff, teller: Staff) -> None:
    late(8)
    sheet = PenaltySheet.objects.get()
    for points_, reason in ((Decimal("1.5"), "获表扬"), (Decimal(0), "获表扬"), (Decimal(1), " ")):
        with pytest.raises(ValidationError):
            penalties.offset(sheet=sheet, points=points_, reason=reason, actor=head, at=MONDAY)
    with pytest.raises(PermissionDenied):
        penalties.offset(sheet=sheet, points=Decimal(1), reason="获表扬", actor=teller, at=MONDAY)
    made = penalties.offset(sheet=sheet, points=Decimal(1), reason="客户书面表扬", actor=head, at=MONDAY)
    assert total(sheet) == 0
    with pytest.raises(ValidationError, match="At most 0"):
        penalties.offset(sheet=sheet, points=Decimal("0.5"), reason="再次", actor=head, at=MONDAY)
    deduction = PenaltyEntry.objects.order_by("pk")[0]
    with pytest.raises(ValidationError, match="Reverse the offset first"):
        penalties.reverse(entry=deduction, reason="误记", actor=head, at=MONDAY)
    penalties.reverse(entry=made, reason="误记", actor=head, at=MONDAY)
    penalties.reverse(entry=deduction, reason="误记", actor=head, at=MONDAY)
    assert total(sheet) == 0


def test_a_sheet_is_locked_and_signed(late: Callable[..., None], head: Staff, teller: Staff) -> None:
    late(8)
    sheet = PenaltySheet.objects.get()
    with pytest.raises(ValidationError, match="not over yet"):
        penalties.lock(sheet=sheet, actor=head, at=moment("11-30 16:00"))
    with pytest.raises(ValidationError, match="Only a locked sheet"):
        penalties.sign(sheet=sheet, actor=teller, at=NEXT_MONTH)
    penalties.lock(sheet=sheet, actor=head, at=NEXT_MONTH)
    for act in (
        lambda: penalties.offset(sheet=sheet, points=Decimal(1), reason="x", actor=head, at=NEXT_MONTH),
        lambda: penalties.appeal(entry=sheet.entries.get(), reason="x", actor=teller, at=NEXT_MONTH),
        lambda: penalties.reverse(entry=sheet.entries.get(), reason="x", actor=head, at=NEXT_MONTH),
    ):
        with pytest.raises(ValidationError, match="is locked"):
            act()
    assert penalties.sign(sheet=sheet, actor=teller, at=NEXT_MONTH).state == SheetState.SIGNED


def test_what_comes_after_the_lock_goes_to_the_present_month(
    late: Callable[..., None], head: Staff, opened: Callable[..., ServiceRequest]
) -> None:
    late(8)
    PenaltySheet.objects.update(state=SheetState.LOCKED, locked_at=NEXT_MONTH)
    request = ServiceRequest.objects.get()
    event = request.sla_events.get(kind="late")
    assert charging.charge(event_ids=[event.pk], at=NEXT_MONTH) == 0  # charged once already


def test_entries_are_only_added(late: Callable[..., None]) -> None:
    late(8)
    for change in (
        lambda: PenaltyEntry.objects.update(points=0),
        lambda: PenaltyEntry.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
