"""What files are called in the trail."""

from django.utils.translation import gettext_lazy as _

from keheng.audit import actions

actions.declare({"files.refuse": _("Refuse a file")}, details={"why": _("why")})
