"""A list, a detail page, charts and a reveal over the staff of the organisation, to try the machinery by itself."""

from decimal import Decimal
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from keheng.config import urls as config_urls
from keheng.org.models import Branch, Role, Staff
from keheng.ui.charts import Chart, Series
from keheng.ui.lists import (
    BadgeColumn,
    BulkAction,
    DayColumn,
    DayRangeFilter,
    EmptyState,
    FilterSet,
    ListView,
    MomentColumn,
    NumberColumn,
    PageAction,
    PercentColumn,
    PresetView,
    Table,
    TierColumn,
    WanColumn,
    WanRangeFilter,
)
from keheng.ui.reveal import RevealView
from keheng.ui.views import DetailView

TIERS = ("普通", "基础", "成长", "金卡", "白金", "私享")


class StaffTable(Table):
    name = tables.Column(verbose_name="姓名")
    tier = TierColumn(
        verbose_name="层级", accessor="rank", name_of=lambda record: TIERS[record.pk % 6], orderable=False
    )
    amount = WanColumn(verbose_name="AUM（月日均）", orderable=False)
    change = PercentColumn(verbose_name="较上月", signed=True, orderable=False)
    username = tables.Column(verbose_name="用户名")
    number = NumberColumn(verbose_name="编号", accessor="pk")
    branch = tables.Column(verbose_name="机构")
    joined_on = DayColumn(verbose_name="入职")
    last_login = MomentColumn(verbose_name="最近登录")
    is_active = BadgeColumn(verbose_name="状态", tones={"True": "met", "False": "over"}, orderable=False)
    title = tables.Column(verbose_name="岗位", orderable=False)

    optional = ("title",)
    fixed = ("name",)

    def render_is_active(self, value: bool, column: BadgeColumn, record: Staff, bound_column: Any) -> str:
        return column.render("在用" if value else "停用", record, bound_column)


class StaffFilter(FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="contains", label="姓名")
    role = django_filters.ModelMultipleChoiceFilter(queryset=Role.objects.all(), label="角色")
    is_active = django_filters.ChoiceFilter(choices=[("True", "在用"), ("False", "停用")], label="状态")
    active = django_filters.BooleanFilter(field_name="is_active", label="可登录")
    joined_on = DayRangeFilter(label="入职")
    amount = WanRangeFilter(field_name="pk", label="AUM")
    pk = django_filters.RangeFilter(label="编号")
    branch = django_filters.ModelChoiceFilter(queryset=Branch.objects.all(), label="机构")


class StaffList(ListView):
    permission = "org.view"
    key = "trial"
    title = "客户"
    unit = "位"
    table_class = StaffTable
    filterset_class = StaffFilter
    default_sort = "-number"
    export_permission = "org.export"
    preset_views = (PresetView("可登录", "active=true"), PresetView("无人", "q=nobody"))
    bulk_actions = (BulkAction("分配", "trial-bulk", "user-plus", confirm="将分配 %(count)s 位客户。"),)

    def get_queryset(self) -> QuerySet[Staff]:
        return Staff.objects.select_related(None)

    def row_queryset(self, queryset: QuerySet[Staff]) -> QuerySet[Staff]:
        return queryset.select_related("branch", "role")

    def decorate(self, rows: list[Any]) -> list[Any]:
        for row in rows:
            row.rank, row.amount, row.change = row.pk % 6, Decimal(row.pk * 123_456), Decimal(row.pk % 7 - 3) / 100
        return rows

    def row_url(self, record: Staff) -> str:
        return f"/trial/{record.pk}/"

    def facet(self, name: str, queryset: QuerySet[Staff]) -> dict[Any, int] | None:
        return {"True": queryset.filter(is_active=True).count()} if name == "is_active" else None

    def page_actions(self) -> tuple[PageAction, ...]:
        return (PageAction("导入", "/", "upload"), PageAction("新建客户", "/", "plus", primary=True))

    def empty_state(self) -> EmptyState:
        return EmptyState("还没有员工", "先导入员工名册。", action_label="导入员工", action_url="/")


class EmptyList(StaffList):
    key = "trial-empty"
    export_permission = ""

    def get_queryset(self) -> QuerySet[Staff]:
        return Staff.objects.none()


class StaffPage(DetailView):
    permission = "org.view"
    page = "trial"
    model = Staff
    template_name = "ui/detail.html"


class RevealStaff(RevealView):
    permission = "customers.reveal"

    def subject(self) -> str:
        return f"staff:{self.kwargs['pk']}"

    def reveal(self, field: str, reason: str) -> str:
        return f"{field} of {self.kwargs['pk']}, because {reason}"


def bulk(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(StaffList.selection(request).count()), content_type="text/plain")


def tab(_request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(f'<div class="card-body">tab of {pk}</div>')


def card(_request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(f'<section class="card"><div class="card-body">card of {pk}</div></section>')


def charts(request: HttpRequest) -> HttpResponse:
    tones = ("t5", "t4", "t3", "t2", "t1", "t0")
    pyramid = Chart(
        key="pyramid",
        title="客户集中在哪一层?",
        kind="bar",
        categories=TIERS[::-1],
        category_name="层级",
        series=[
            Series("客户", (412, 1865, 3204, 6118, 7930, 471), tones=tones, labels=True, links=["/trial/?q=1"] * 6),
        ],
        note="20,000 位 · 2026-10-31",
    )
    growth = Chart(
        key="growth",
        title="资产怎样变化?",
        kind="area",
        unit="wan",
        stacked=True,
        categories=[f"26-{month:02}" for month in range(1, 11)],
        category_name="月末",
        series=[
            Series("存款", [20e4 + n * 9e3 for n in range(10)], tone="t1"),
            Series("理财", [60e4 + n * 34e3 for n in range(10)], tone="t3"),
            Series("基金", [12e4 + n * 12e3 for n in range(10)], tone="t4"),
        ],
    )
    moves = Chart(
        key="moves",
        title="谁快要升降级?",
        kind="column",
        categories=["成长", "金卡", "白金", "私享"],
        category_name="层级",
        series=[
            Series("升", (12, 9, 4, 1), tone="met", labels=True),
            Series("降", (5, 2, 3, 2), tone="over", labels=True),
        ],
    )
    nothing = Chart(key="nothing", title="谁在流失?", kind="line", categories=[], series=[], empty="还没有月末数据。")
    return render(request, "trial/charts.html", {"charts": [pyramid, growth, moves, nothing]})


urlpatterns = [
    path("trial/", StaffList.as_view(), name="trial"),
    path("trial-empty/", EmptyList.as_view(), name="trial-empty"),
    path("trial/<int:pk>/", StaffPage.as_view(), name="trial-page"),
    path("trial/<int:pk>/tab/", tab, name="trial-tab"),
    path("trial/<int:pk>/card/", card, name="trial-card"),
    path("trial/<int:pk>/reveal/", RevealStaff.as_view(), name="trial-reveal"),
    path("trial-bulk/", bulk, name="trial-bulk"),
    path("trial-charts/", charts, name="trial-charts"),
    path("", include(config_urls.urlpatterns)),
]
handler400, handler403 = config_urls.handler400, config_urls.handler403
handler404, handler500 = config_urls.handler404, config_urls.handler500
