"""The table of notices."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.notices.kinds import name_of
from keheng.notices.models import Notice
from keheng.ui.lists import MomentColumn, Table


class NoticeTable(Table):
    title = tables.Column(verbose_name=pgettext_lazy("column", "Notice"))
    body = tables.Column(verbose_name=_("Detail"))
    kind = tables.Column(verbose_name=_("Kind"))
    at = MomentColumn(verbose_name=_("Time"), orderable=True)
    fixed = ("title",)
    optional = ("body",)

    class Meta(Table.Meta):
        model = Notice
        fields = ()
        orderable = False

    def render_title(self, value: str, record: Notice) -> str:
        return format_html("{}", value) if record.read_at else format_html("<b>{}</b>", value)

    def value_title(self, value: str) -> str:
        return value

    def render_kind(self, value: str) -> str:
        return name_of(value)
