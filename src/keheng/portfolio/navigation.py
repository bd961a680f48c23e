"""What the portfolio registers with the frame: names of its permission and of what it writes into the trail."""

from django.utils.translation import gettext_lazy as _

from keheng.audit import actions
from keheng.portfolio import permissions
from keheng.ui.permission_names import declare

declare({permissions.VIEW: _("View assets and products")})
actions.declare({"portfolio.reveal": _("Show an account number")}, details={"account": _("account")})
