from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.template import Context, Template

from keheng.common import clock
from keheng.ui.templatetags import keheng as tags

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)  # Sunday, 14:30 in Shanghai


@pytest.fixture(autouse=True)
def _stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def render(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


def test_amounts_show_in_wan_with_the_full_value_on_hover() -> None:
    assert tags.wan(Decimal("2123500.004")) == '<span title="¥2,123,500.00">212.35万</span>'
    assert tags.wan(0) == '<span title="¥0.00">0.00</span>'
    assert tags.wan(None) == "—"
    assert tags.short_wan(500_000) == "50万"
    assert tags.short_wan(None) == "—"


def test_figures() -> None:
    assert tags.count(20_000) == "20,000"
    assert tags.count(None) == "—"
    assert (
        render("{{ unknown|count }}{{ unknown|wan }}{{ unknown|percent }}{{ unknown|moment }}{{ unknown|day }}")
        == "—" * 5
    )
    assert render("{{ unknown|short_wan }}{{ unknown|signed_percent }}") == "—" * 2
    assert tags.percent(Decimal("0.4236")) == "42.4%"
    assert tags.percent(0.5, 0) == "50%"
    assert tags.percent(None) == "—"


@pytest.mark.parametrize(
    ("change", "html"),
    [
        (Decimal("0.021"), '<span class="up">+2.1%</span>'),
        (Decimal("-0.019"), '<span class="down">−1.9%</span>'),
        (Decimal(0), '<span class="soft">0.0%</span>'),
        (None, "—"),
    ],
)
def test_changes_carry_sign_and_tone(change: Decimal | None, html: str) -> None:
    assert tags.signed_percent(change) == html


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (timedelta(seconds=20), "刚刚"),
        (timedelta(minutes=5), "5 分钟前"),
        (timedelta(hours=23, minutes=59), "23 小时前"),
    ],
)
def test_the_last_day_is_told_relative_with_the_time_on_hover(past: timedelta, words: str) -> None:
    html = tags.moment(NOW - past)
    assert f">{words}</time>" in html
    assert 'title="11-2' in html


def test_older_and_future_moments_are_told_in_full() -> None:
    assert ">11-21 周六 14:30</time>" in tags.moment(NOW - timedelta(days=1))
    assert ">11-22 周日 15:30</time>" in tags.moment(NOW + timedelta(hours=1))
    assert ">2025-11-22 周六 14:30</time>" in tags.moment(NOW.replace(year=2025))
    assert tags.moment(None) == "—"


def test_days() -> None:
    assert tags.day(date(2026, 11, 22)) == "11-22 周日"
    assert tags.day(date(1974, 11, 12)) == "1974-11-12 周二"
    assert tags.day(datetime(2026, 11, 21, 17, 0, tzinfo=UTC)) == "11-22 周日"
    assert tags.day(None) == "—"


@pytest.mark.parametrize(
    ("length", "words"),
    [(45, "45 秒"), (60, "1 分钟"), (3599, "59 分钟"), (4800, "1 小时 20 分"), (90_000, "25 小时 0 分")],
)
def test_durations(length: int, words: str) -> None:
    assert tags.duration(timedelta(seconds=length)) == words


def test_tiers_always_carry_their_name() -> None:
    assert tags.tier_badge(4, "白金") == '<span class="tier t4">白金</span>'
    assert tags.tier_badge(9, "顶级") == '<span class="tier t5">顶级</span>'
    assert tags.tier_badge(-1, "") == "—"
    assert tags.tier_badge(None) == "—"
    assert "&lt;b&gt;" in tags.tier_badge(1, "<b>")


def test_bars_and_icons_are_told_to_those_who_cannot_see_them() -> None:
    assert tags.bar(65, 100, "near") == (
        '<progress class="k-bar near" value="0.6500" max="1" aria-label="65%"></progress>'
    )
    assert 'value="1.0000"' in tags.bar(9, 4)
    assert 'value="0.0000"' in tags.bar(0, 0)
    assert tags.icon("users") == '<span class="ti ti-users" aria-hidden="true"></span>'
    assert 'aria-label="员工"' in tags.icon("users", "员工")


def test_masks_carry_no_value() -> None:
    html = render('{% masked "138****5678" "/reveal/7/" "mobile" "手机" %}')
    assert 'data-reveal="/reveal/7/" data-field="mobile"' in html
    assert "138****5678" in html
    assert 'aria-label="查看完整的手机"' in html
    assert render('{% masked "" "/reveal/7/" "mobile" "手机" %}').strip() == "—"


def test_dash() -> None:
    assert render("{{ a|dash }}{{ b|dash }}{{ c|dash }}", a="", b=None, c=0) == "——0"


def test_the_input_of_a_file_can_be_dropped_on_and_says_so_in_our_words() -> None:
    class Upload(forms.Form):
        file = forms.FileField(help_text="CSV")

    untouched, sent_empty = Upload(), Upload({})
    assert not sent_empty.is_valid()
    shown = render("{% control form.file %}", form=untouched)
    assert '<span class="k-file " data-drop>' in shown
    assert 'type="file"' in shown
    assert 'aria-describedby="id_file-hint"' in shown
    assert "data-drop-name" in shown
    assert '<span class="k-file wrong" data-drop>' in render("{% control form.file %}", form=sent_empty)
