"""A list, a detail page and the like over the staff of the organisation, to try the machinery by itself."""

from decimal import Decimal
from typing import Any

import django_filters
import django_tables2 as tables
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from keheng.config import urls as config_urls
from keheng.org.models import Branch, Role, Staff
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
)


class StaffTable(Table):
    name = tables.Column(verbose_name="姓名", linkify=lambda record: f"/trial/{record.pk}/")
    tier = TierColumn(verbose_name="层级", accessor="pk", name_of=lambda record: f"T{record.pk % 6}", orderable=False)
    username = tables.Column(verbose_name="用户名")
    amount = WanColumn(verbose_name="AUM（月日均）", accessor="pk", orderable=False)
    change = PercentColumn(verbose_name="较上月", accessor="pk", signed=True, orderable=False)
    number = NumberColumn(verbose_name="编号", accessor="pk")
    branch = tables.Column(verbose_name="机构")
    role = tables.Column(verbose_name="角色")
    joined_on = DayColumn(verbose_name="入职")
    last_login = MomentColumn(verbose_name="最近登录")
    is_active = BadgeColumn(verbose_name="状态", tones={"True": "met", "False": "over"}, orderable=False)
    title = tables.Column(verbose_name="岗位", orderable=False)

    optional = ("title",)
    fixed = ("name",)

    def render_tier(self, record: Staff, column: TierColumn) -> str:
        return column.render(record.pk % 6, record)

    def render_amount(self, record: Staff, column: WanColumn) -> str:
        return column.render(Decimal(record.pk * 123_456))

    def render_change(self, record: Staff, column: PercentColumn) -> str:
        return column.render(Decimal(record.pk % 7 - 3) / 100)

    class Meta(Table.Meta):
        model = Staff
        fields = ("name",)
        sequence = ("name", "tier", "amount", "change", "...")


class StaffFilter(FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="contains", label="姓名")
    role = django_filters.ModelMultipleChoiceFilter(queryset=Role.objects.all(), label="角色")
    is_active = django_filters.BooleanFilter(label="可登录")
    joined_on = DayRangeFilter(label="入职")
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
    preset_views = (PresetView("可登录", "is_active=true"), PresetView("无人", "q=nobody"))
    bulk_actions = (BulkAction("分配", "trial-bulk", "user-plus", confirm="将分配所选客户？"),)

    def get_queryset(self) -> Any:
        return Staff.objects.select_related(None)

    def row_queryset(self, queryset: Any) -> Any:
        return queryset.select_related("branch", "role")

    def row_url(self, record: Staff) -> str:
        return f"/trial/{record.pk}/"

    def facets(self, queryset: Any) -> dict[str, dict[Any, int]]:
        return {"role": {role.pk: queryset.filter(role=role).count() for role in Role.objects.all()[:3]}}

    def page_actions(self) -> tuple[PageAction, ...]:
        return (PageAction("导入", "/", "upload"), PageAction("新建客户", "/", "plus", primary=True))

    def empty_state(self) -> EmptyState:
        return EmptyState("还没有员工", "先导入员工名册。", action_label="导入员工", action_url="/")


def bulk(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{StaffList.selection(request).count()} selected", content_type="text/plain")


urlpatterns = [
    path("trial/", StaffList.as_view(), name="trial"),
    path("trial-bulk/", bulk, name="trial-bulk"),
    path("", include(config_urls.urlpatterns)),
]
handler400, handler403 = config_urls.handler400, config_urls.handler403
handler404, handler500 = config_urls.handler404, config_urls.handler500
