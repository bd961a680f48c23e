"""Money, masks, dates and events."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoCaptureOnCommitCallbacks

from keheng.common import clock, events, masking, money


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (None, "—"),
        (0, "0.00"),
        (Decimal("999.99"), "999.99"),
        (1000, "0.10万"),
        (Decimal("2123500"), "212.35万"),
        (Decimal("-2123500"), "-212.35万"),
        (Decimal("12345678.90"), "1,234.57万"),
        (Decimal("99999949.99"), "9,999.99万"),
        (Decimal(99999950), "1.00亿"),
        (Decimal(362000000), "3.62亿"),
        (Decimal(9621000000), "96.21亿"),
        (Decimal("-0.001"), "0.00"),
    ],
)
def test_amounts_as_people_read_them(amount: Decimal | int | None, text: str) -> None:
    assert money.in_wan(amount) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (1000, "0.1万"),
        (50_000, "5万"),
        (500_000, "50万"),
        (3_000_000, "300万"),
        (300_000_000, "3亿"),
        (125_000, "12.5万"),
    ],
)
def test_thresholds_without_idle_decimals(amount: int, text: str) -> None:
    assert money.short_wan(amount) == text


@given(st.decimals(-(10**15), 10**15, places=2))
def test_an_amount_never_loses_its_sign_nor_shows_ten_thousand_wan(amount: Decimal) -> None:
    text = money.in_wan(amount)
    assert not text.lstrip("-").startswith("10,000.00万")
    assert text.startswith("-") == (amount < 0)


@pytest.mark.parametrize(
    ("masked", "expected"),
    [
        (masking.mask_phone("13812345678"), "138****5678"),
        (masking.mask_phone("0577-88002210"), "0577-****2210"),
        (masking.mask_phone("0577-88002210-801"), "0577-****2210"),
        (masking.mask_phone("95588"), "****"),
        (masking.mask_id_number("330302197411120024"), "3303************24"),
        (masking.mask_id_number("E1234567"), "****"),
        (masking.mask_account("6228480402564890018"), "****0018"),
        (masking.mask_email("huang@example.com"), "h****@example.com"),
        (masking.mask_email("huang"), "****"),
        (masking.mask_text("浙江省温州市鹿城区一号"), "浙江省温州市****"),
        (masking.mask_text("温州市"), "****"),
    ],
)
def test_masks(masked: str, expected: str) -> None:
    assert masked == expected


@given(st.from_regex(r"\A1[3-9]\d{9}\Z"))
def test_a_masked_mobile_shows_seven_digits(number: str) -> None:
    assert masking.mask_phone(number) == f"{number[:3]}****{number[7:]}"


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2028, 2, 29), date(2028, 2, 29)),
        (date(2026, 12, 5), date(2026, 12, 31)),
    ],
)
def test_month_end(day: date, end: date) -> None:
    assert clock.month_end(day) == end


def test_month_ends_go_back_over_the_year() -> None:
    assert clock.month_ends(date(2026, 1, 15), 3) == [date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 31)]


def test_today_is_that_of_shanghai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 22, 16, 30, tzinfo=UTC))
    assert clock.today() == date(2026, 11, 23)


class Happened:
    pass


@pytest.mark.django_db
def test_receivers_hear_after_the_commit_in_the_order_of_registration(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    monkeypatch.setattr(events, "_receivers", {Happened: []})
    heard: list[str] = []
    events.receiver(Happened)(lambda event: heard.append("first"))
    events.receiver(Happened)(lambda event: heard.append("second"))
    with django_capture_on_commit_callbacks(execute=True):
        events.publish(Happened())
        assert heard == []
    assert heard == ["first", "second"]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[object] = []
    monkeypatch.setattr(events, "_receivers", {Happened: [heard.append]})
    with transaction.atomic():
        events.publish(Happened())
        transaction.set_rollback(True)
    assert heard == []
