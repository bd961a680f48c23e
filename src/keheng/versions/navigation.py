"""The words of what the trail keeps of a change of rules."""

from django.utils.translation import gettext_lazy as _

from keheng.audit import actions

actions.declare({}, details={"version": _("version"), "changed": _("what changed")})
