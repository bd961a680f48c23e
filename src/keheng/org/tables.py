"""The columns of the staff list."""

import django_tables2 as tables
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keheng.org.models import Staff
from keheng.ui.lists import DayColumn, MomentColumn, Table


class StaffTable(Table):
    name = tables.Column(verbose_name=_("Full name"))
    username = tables.Column(verbose_name=_("User name"))
    branch = tables.Column(verbose_name=_("Branch"), order_by=("branch__path", "name"))
    role = tables.Column(verbose_name=_("Role"), order_by=("role__order", "name"))
    title = tables.Column(verbose_name=_("Post"))
    email = tables.Column(verbose_name=_("E-mail"))
    joined_on = DayColumn(verbose_name=_("Joined on"))
    last_login = MomentColumn(verbose_name=_("Last sign-in"))
    is_active = tables.Column(verbose_name=_("May sign in"))

    fixed = ("name",)
    optional = ("email",)

    class Meta(Table.Meta):
        model = Staff
        fields = ()

    def render_is_active(self, value: bool) -> str:
        return gettext("yes") if value else gettext("no")
