"""Who may decide which programs are told."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.org.models import Staff

MANAGE = "webhooks.manage"


def check_manage(actor: Staff) -> None:
    """Refuse whoever may not manage webhooks."""
    if not actor.can(MANAGE):
        raise PermissionDenied(_("Your role may not manage webhooks."))
