"""The tables of companies and of their scores."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.customers.models import Customer
from keheng.tiering.models import ValueScore
from keheng.tiering.tables.columns import BadgeOfTier
from keheng.ui.lists import Table, WanColumn
from keheng.ui.templatetags.keheng import bar


class CompanyTable(Table):
    name = tables.Column(verbose_name=_("Company"))
    type_name = tables.Column(verbose_name=_("Company type"))
    size = BadgeOfTier(verbose_name=pgettext_lazy("company", "Size"))
    population_name = tables.Column(verbose_name=_("Existing or target"))
    industry = tables.Column(accessor="company__industry_name", verbose_name=_("Industry"))
    sales = WanColumn(accessor="company__annual_sales", verbose_name=_("Annual sales"))
    assets = WanColumn(accessor="company__total_assets", verbose_name=_("Total assets"))
    deposits = WanColumn(accessor="figures__deposits", verbose_name=_("Deposits"))
    loans = WanColumn(accessor="figures__loans", verbose_name=_("Loan balance"))
    aum = WanColumn(verbose_name=_("AUM (month average)"), orderable=True)
    fixed = ("name",)
    optional = ("number", "owner", "assets")

    class Meta(Table.Meta):
        model = Customer
        fields = ("name", "number", "branch", "owner", "type_name", "size", "population_name", "industry")
        sequence = ("...", "sales", "assets", "deposits", "loans", "aum")
        orderable = False


class ScoreColumn(tables.Column):  # type: ignore[misc]
    """A score of 0 to 100 with its bar."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        attrs = {"td": {"class": "num"}, "th": {"class": "num"}}
        super().__init__(*args, **{"attrs": attrs, "initial_sort_descending": True, "orderable": True, **kwargs})

    def render(self, value: Any) -> str:
        return format_html("{} {}", bar(value, 100), f"{value:.1f}")

    def value(self, value: Any) -> Any:
        return value


class ScoreTable(Table):
    customer = tables.Column(accessor="customer__name", verbose_name=_("Company"))
    number = tables.Column(accessor="customer__number", verbose_name=_("Customer number"))
    branch = tables.Column(accessor="customer__branch", verbose_name=_("Branch"))
    owner = tables.Column(accessor="customer__owner", verbose_name=_("Relationship manager"))
    size = BadgeOfTier(verbose_name=_("Layer"))
    type_name = tables.Column(verbose_name=_("Company type"))
    population_name = tables.Column(verbose_name=_("Existing or target"))
    to_customer = ScoreColumn(verbose_name=_("Bank's value to the customer"))
    to_bank = ScoreColumn(verbose_name=_("Customer's value to the bank"))
    advice = tables.Column(verbose_name=_("Advice"))
    aum = WanColumn(verbose_name=_("AUM (month average)"), orderable=True)
    revenue = WanColumn(verbose_name=_("Revenue in 12 months"), orderable=True)
    fixed = ("customer",)
    optional = ("number", "owner", "population_name")

    class Meta(Table.Meta):
        model = ValueScore
        fields = ("customer", "number", "branch", "owner", "size", "type_name", "population_name", "to_customer")
        sequence = ("...", "to_bank", "advice", "aum", "revenue")
        orderable = False
