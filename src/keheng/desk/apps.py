from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "keheng.desk"
    label = "desk"
    verbose_name = _("Desk")

    def ready(self) -> None:
        from keheng.desk import receivers  # noqa: F401  # registers them
