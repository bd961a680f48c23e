"""Conclusions of modules above in the ledger of penalties: once each, and undone only by a reversal."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from tests.service_requests.conftest import MONDAY, moment

from keheng.org.models import Staff
from keheng.service_requests.enums import PenaltyKind, SheetState
from keheng.service_requests.models import PenaltyEntry, PenaltySheet
from keheng.service_requests.operations import penalties
from keheng.service_requests.queries.penalties import with_sums

pytestmark = pytest.mark.usefixtures("english")
CAUSE = "complaints.conclusion:81"


def entered(staff: Staff, actor: Staff, **given: Any) -> PenaltyEntry:
    values = {
        "points": Decimal(-3),
        "cause": CAUSE,
        "subject": "TS260923-0417",
        "url": "/c/81/",
        "reason": "未告知费用",
    }
    return penalties.enter_conclusion(staff=staff, actor=actor, at=MONDAY, **{**values, **given})


def test_a_cause_is_charged_once_and_told(teller: Staff, head: Staff) -> None:
    first = entered(teller, head)
    assert entered(teller, head) == first
    sheet = with_sums(PenaltySheet.objects.all()).get()
    assert (sheet.staff, sheet.total, sheet.deducted) == (teller, Decimal(-3), Decimal(-3))


def test_nobody_charges_themselves(head: Staff) -> None:
    with pytest.raises(PermissionDenied):
        entered(head, head)
    assert not PenaltyEntry.objects.exists()


def test_an_entry_without_points_or_cause_is_refused_by_the_database(teller: Staff, head: Staff) -> None:
    for wrong in ({"points": Decimal(0)}, {"cause": ""}, {"reason": " "}):
        with pytest.raises(IntegrityError), transaction.atomic():
            entered(teller, head, **wrong)


def test_a_reversal_undoes_it_once_and_counts_for_offsets(teller: Staff, head: Staff) -> None:
    sheet = entered(teller, head).sheet
    penalties.offset(sheet=sheet, points=Decimal(1), reason="表扬信", actor=head, at=MONDAY)
    penalties.reverse(entry=sheet.entries.get(kind=PenaltyKind.OFFSET), reason="误记", actor=head, at=MONDAY)
    assert penalties.reverse_conclusion(cause=CAUSE, reason="申诉成立", actor=head, at=MONDAY) is not None
    assert penalties.reverse_conclusion(cause=CAUSE, reason="申诉成立", actor=head, at=MONDAY) is None
    assert with_sums(PenaltySheet.objects.all()).get().total == Decimal(0)


def test_what_is_reversed_after_the_month_was_locked_is_entered_in_the_present_one(teller: Staff, head: Staff) -> None:
    sheet = entered(teller, head).sheet
    later = moment("12-02 09:00")
    penalties.lock(sheet=sheet, actor=head, at=later)
    made = penalties.reverse_conclusion(cause=CAUSE, reason="申诉成立", actor=head, at=later)
    assert made is not None
    assert (made.sheet.month.month, made.points) == (12, Decimal(3))
    assert PenaltySheet.objects.get(pk=sheet.pk).state == SheetState.LOCKED
