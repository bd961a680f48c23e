"""What the portfolio registers with the frame: names of its permission and of what it writes into the trail."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from keheng.audit import actions
from keheng.customers.archive import history, keys, potentials
from keheng.customers.archive.potentials import Limit, PotentialRule
from keheng.customers.quality import completeness, unification
from keheng.customers.quality.unification import TableRule
from keheng.portfolio import activity, permissions, search
from keheng.portfolio.models import Figures
from keheng.portfolio.queries import customers_by_account
from keheng.ui.permission_names import declare
from keheng.ui.search import Finder, register_finder

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
unification.declare({"portfolio_monthactivity": TableRule(add=activity.SUMS, greatest=("through",))})
unification.declare_copy(
    "aum",
    "coalesce((select coalesce(aum_average, aum) from portfolio_currentfigures where customer_id = %(customer)s), 0)",
)
# A1 剔除空卡、睡眠折: next to nothing now, and the same at every month end; loans, cards and trades are business.
completeness.declare_idle(
    """
    not exists (
        select from portfolio_currentfigures f where f.customer_id = c.id
           and (coalesce(f.aum, 0) >= %(idle_below)s or coalesce(f.loans, 0) > 0 or coalesce(f.card_spend, 0) > 0
                or coalesce(f.lots, 0) > 0))
    and not exists (
        select from portfolio_monthendfigures m left join portfolio_currentfigures f on f.customer_id = m.customer_id
         where m.customer_id = c.id and m.month_end = any(array(
               select (date_trunc('month', current_date) - n * interval '1 month')::date - 1
                 from generate_series(0, %(idle_months)s - 1) n))
           and coalesce(m.aum, 0) is distinct from coalesce(f.aum, 0))
    """
)
potentials.register(
    PotentialRule(
        "inflow",
        _("High inflow"),
        "select c.id, activity.inflow from customers_customer c join (select customer_id, sum(inflow) as inflow"
        " from portfolio_monthactivity where month_end > current_date - (%(months)s + 1) * interval '1 month'"
        " group by 1) activity on activity.customer_id = c.id"
        " where c.status = 'active' and activity.inflow >= %(least)s and c.aum < %(most)s",
        (
            Limit("least", _("Inflow from"), Decimal(100_000)),
            Limit("most", _("AUM below"), Decimal(500_000)),
            Limit("months", _("In the last months"), Decimal(3), "months"),
        ),
        "A4 资金异动；决策 19",
    )
)
keys.register("accounts", customers_by_account)
register_finder(Finder("accounts", search.accounts, permissions.VIEW, order=30))
history.leave_out("portfolio.reveal")
