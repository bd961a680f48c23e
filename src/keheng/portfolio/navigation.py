"""What the portfolio registers with the frame: names of its permission and of what it writes into the trail."""

from django.utils.translation import gettext_lazy as _

from keheng.audit import actions
from keheng.customers import unification
from keheng.customers.unification import TableRule
from keheng.portfolio import permissions
from keheng.portfolio.models import Figures
from keheng.ui.permission_names import declare

declare({permissions.VIEW: _("View assets and products")})
actions.declare({"portfolio.reveal": _("Show an account number")}, details={"account": _("account")})

# Two archives of one customer: what each of them holds is what the customer holds.
_FIGURES = tuple(str(field.column) for field in Figures._meta.local_fields)
_SUMS = TableRule(
    add=tuple(name for name in _FIGURES if name != "card_grade"),
    greatest=("card_grade", "as_of"),
    volatile=(*_FIGURES, "as_of"),
)
unification.declare({"portfolio_currentfigures": _SUMS, "portfolio_monthendfigures": _SUMS})
unification.declare_copy(
    "aum",
    "coalesce((select coalesce(aum_average, aum) from portfolio_currentfigures where customer_id = %(customer)s), 0)",
)
