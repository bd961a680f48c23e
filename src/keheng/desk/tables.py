"""The columns of the customer list."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Customer
from keheng.desk.flags import flags_of, marks_of
from keheng.ui.lists import DayColumn, NumberColumn, PercentColumn, Table, TierColumn, WanColumn


class CustomerTable(Table):
    """Only what an index serves can be sorted by: AUM and the name (in the order of its pinyin)."""

    name = tables.Column(verbose_name=_("Customer"), order_by=("pinyin",), orderable=True)
    number = tables.Column(verbose_name=_("Customer number"))
    kind = tables.Column(verbose_name=_("Kind"), accessor="get_kind_display")
    tier = TierColumn(verbose_name=_("Tier"), accessor="tier_step", name_of=lambda customer: customer.tier_name)
    aum = WanColumn(verbose_name=_("AUM (month average)"), orderable=True)
    change = PercentColumn(verbose_name=_("vs last month end"), signed=True)
    deposits = WanColumn(verbose_name=_("Deposits"), accessor="current__deposits")
    wealth = WanColumn(verbose_name=_("Wealth products"), accessor="current__wealth")
    loans = WanColumn(verbose_name=_("Loans"), accessor="current__loans")
    product_count = NumberColumn(verbose_name=_("Products"), accessor="current__product_count")
    phone = tables.Column(verbose_name=_("Mobile"), attrs={"td": {"class": "soft"}})
    branch = tables.Column(verbose_name=_("Branch"))
    owner = tables.Column(verbose_name=_("Relationship manager"))
    opened_on = DayColumn(verbose_name=_("Customer since"))
    flags = tables.Column(verbose_name=_("Notes"), empty_values=())

    optional = ("number", "kind", "deposits", "loans", "opened_on")
    fixed = ("name",)

    class Meta(Table.Meta):
        model = Customer
        fields = ()
        orderable = False

    def render_name(self, record: Customer) -> SafeString:
        tone = " soft" if record.status == CustomerStatus.CLOSED else ""
        return format_html('<b class="k-name{}">{}</b>', tone, record.name)

    def value_name(self, record: Customer) -> str:
        return record.name

    def render_flags(self, record: Customer) -> SafeString:
        return flags_of(record)

    def value_flags(self, record: Customer) -> str:
        return ", ".join(mark.words for mark in marks_of(record))


class WholeCustomerTable(CustomerTable):
    """The columns of an approved export with personal values whole."""

    whole_phone = tables.Column(verbose_name=_("Mobile, whole"))
    document = tables.Column(verbose_name=_("Document number"))

    class Meta(CustomerTable.Meta):
        pass
