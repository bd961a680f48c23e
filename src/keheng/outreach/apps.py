from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutreachConfig(AppConfig):
    name = "keheng.outreach"
    label = "outreach"
    verbose_name = _("Customer events")

    def ready(self) -> None:
        from keheng.outreach import receivers  # noqa: F401
