"""Tabs, side cards, timelines, reveals, progress, charts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from tests.factories import StaffFactory

from keheng.ui import tabs, timeline
from keheng.ui.charts import Chart, Series
from keheng.ui.progress import Progress
from keheng.ui.tabs import SideCard, Tab, register_card, register_tab
from keheng.ui.timeline import TimelineEntry, TimelineSource, register_source

AT = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_registries(monkeypatch: pytest.MonkeyPatch, trial_pages: None) -> None:
    for module, name in ((tabs, "_tabs"), (tabs, "_cards"), (timeline, "_sources")):
        monkeypatch.setattr(module, name, type(getattr(module, name))(dict))


def asked(path: str, *held: str) -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = SimpleNamespace(can=lambda permission: permission in held)  # type: ignore[assignment]
    return request


def test_tabs_by_permission_and_order_with_one_active() -> None:
    register_tab(Tab("trial", "late", "变更", "trial-tab", order=30))
    register_tab(Tab("trial", "assets", "资产", "trial-tab", "portfolio.view", order=20, counter=lambda *_: 7))
    register_tab(Tab("trial", "news", "动态", "trial-tab", order=10))
    record = SimpleNamespace(pk=5)

    bound = tabs.tabs_for("trial", asked("/", "portfolio.view"), record)
    assert [(tab.label, tab.count, tab.active) for tab in bound] == [
        ("动态", None, True), ("资产", 7, False), ("变更", None, False)
    ]  # fmt: skip
    assert bound[0].url == "/trial/5/tab/"
    assert [tab.key for tab in tabs.tabs_for("trial", asked("/"), record)] == ["news", "late"]
    assert [tab.active for tab in tabs.tabs_for("trial", asked("/?tab=late"), record)] == [False, True]
    assert [tab.active for tab in tabs.tabs_for("trial", asked("/?tab=assets"), record)] == [True, False]
    assert tabs.tabs_for("other", asked("/"), record) == []


@pytest.mark.django_db
def test_the_detail_page_loads_tabs_and_cards_on_demand(client: Any) -> None:
    register_tab(Tab("trial", "news", "动态", "trial-tab"))
    register_card(SideCard("trial", "next", "trial-card"))
    register_card(SideCard("trial", "secret", "trial-card", "never.held"))
    member = StaffFactory.create(permissions=("org.view",), name="黄雅琴")
    client.force_login(member)
    text = client.get(f"/trial/{member.pk}/").content.decode()
    assert f'hx-get="/trial/{member.pk}/tab/" hx-trigger="load"' in text
    assert text.count(f'hx-get="/trial/{member.pk}/card/"') == 1
    assert "<h1>黄雅琴</h1>" in text


def test_timelines_merge_their_sources_newest_first() -> None:
    def told(kind: str, *hours: int) -> Any:
        def entries(_request: HttpRequest, _record: Any, before: datetime, limit: int) -> list[TimelineEntry]:
            moments = (AT - timedelta(hours=hour) for hour in hours)
            return [TimelineEntry(at, kind, "…") for at in moments if at < before][:limit]

        return entries

    register_source(TimelineSource("trial", "calls", "沟通", told("电话", 1, 4, 6)))
    register_source(TimelineSource("trial", "tiers", "分层", told("升级", 2, 3)))
    register_source(TimelineSource("trial", "money", "资金", told("资金", 0), permission="portfolio.view"))

    kinds = lambda **how: [entry.kind for entry in timeline.timeline("trial", asked("/"), None, before=AT, **how)]  # noqa: E731
    assert kinds() == ["电话", "升级", "升级", "电话", "电话"]
    assert kinds(limit=2) == ["电话", "升级"]
    assert kinds(only="tiers") == ["升级", "升级"]
    assert [source.key for source in timeline.sources_for("trial", asked("/"))] == ["calls", "tiers"]


# -- reveal ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def revealer(client: Any, db: None) -> Any:
    client.force_login(StaffFactory.create(permissions=("customers.reveal",)))
    return client


def test_a_reason_is_asked_once_for_each_subject(revealer: Any) -> None:
    assert revealer.post("/trial/7/reveal/", {"field": "mobile"}).status_code == 428
    shown = revealer.post("/trial/7/reveal/", {"field": "mobile", "reason": "联系客户"})
    assert shown.content.decode() == "mobile of 7, because 联系客户"
    assert "no-store" in shown["Cache-Control"]
    again = revealer.post("/trial/7/reveal/", {"field": "email"})
    assert again.content.decode() == "email of 7, because 联系客户"
    assert revealer.post("/trial/8/reveal/", {"field": "mobile"}).status_code == 428


@pytest.mark.parametrize("reason", ["x", "长" * 201])
def test_a_reason_must_say_something(revealer: Any, reason: str) -> None:
    answer = revealer.post("/trial/7/reveal/", {"field": "mobile", "reason": reason})
    assert answer.status_code == 422
    assert "2 至 200" in answer.content.decode()


def test_revealing_needs_permission_and_post(revealer: Any, client: Any) -> None:
    assert revealer.get("/trial/7/reveal/").status_code == 405
    client.force_login(StaffFactory.create(permissions=()))
    assert client.post("/trial/7/reveal/", {"field": "mobile", "reason": "联系客户"}).status_code == 403


# -- progress and charts -----------------------------------------------------------------------------------------------


def progress(**changes: Any) -> Progress:
    state = {"label": "导入", "done": 30_000, "total": 120_000, "started_at": AT, "now": AT + timedelta(seconds=10),
             "poll_url": "/poll/"}  # fmt: skip
    return Progress(**{**state, **changes})


def test_progress_tells_rate_and_time_left() -> None:
    assert (progress().share, progress().per_second, progress().left) == (0.25, 3000, timedelta(seconds=30))
    assert progress(total=0).left is None
    assert progress(now=AT).per_second == 0
    text = render_to_string("ui/progress.html", {"progress": progress(cancel_url="/stop/")})
    assert "30,000 / 120,000" in text
    assert "每秒 3,000 条" in text
    assert "剩余 30 秒" in text
    assert 'hx-get="/poll/"' in text
    assert 'hx-post="/stop/"' in text


def test_timed_work_tells_its_time_and_no_rate() -> None:
    text = render_to_string("ui/progress.html", {"progress": progress(done=15, total=60, timed=True)})
    assert "15 秒 / 1 分" in text
    assert "剩余 45 秒" in text
    assert "每秒" not in text


def test_finished_work_is_asked_no_more() -> None:
    text = render_to_string(
        "ui/progress.html", {"progress": progress(done=120_000, finished=True, cancel_url="/stop/")}
    )
    assert "hx-get" not in text
    assert "hx-post" not in text


def test_a_chart_comes_with_the_table_that_says_the_same() -> None:
    chart = Chart(
        key="moves", title="谁快要升降级?", kind="bar", unit="wan", categories=("金卡", "白金"), category_name="层级",
        series=[Series("升", (Decimal(120_000), None), links=("/up/3/", "/up/4/"), tones=("t3", "t4"))],
    )  # fmt: skip
    text = render_to_string("ui/chart.html", {"chart": chart, "data_id": "moves-data"})
    assert 'data-chart="moves-data"' in text
    assert '<script id="moves-data" type="application/json">' in text
    assert '<a href="/up/3/"><span title="¥120,000.00">12.00万</span></a>' in text
    assert '<a href="/up/4/">—</a>' in text
    assert chart.data()["series"][0]["values"] == [120_000.0, None]


def test_a_chart_without_figures_says_so() -> None:
    chart = Chart("none", "谁在流失?", "line", [], [Series("流失", [])], empty="还没有月末数据。")
    text = render_to_string("ui/chart.html", {"chart": chart, "data_id": "none-data"})
    assert "还没有月末数据。" in text
    assert "data-chart" not in text
