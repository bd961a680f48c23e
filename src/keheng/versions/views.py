"""Forms in the side panel that change rules: the words of their button, and what is said afterwards."""

from django.utils.translation import gettext_lazy as _

from keheng.ui.views import SideForm


class PutInForce(SideForm):
    """A new version, in force at once."""

    submit = _("Put in force")
    done = _("The rules are in force as a new version.")


class Propose(SideForm):
    """A new version that a second person puts into force."""

    submit = _("Propose")
    done = _("Proposed. A second person puts it into force.")
