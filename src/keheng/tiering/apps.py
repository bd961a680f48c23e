from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TieringConfig(AppConfig):
    name = "keheng.tiering"
    label = "tiering"
    verbose_name = _("Tiering")

    def ready(self) -> None:
        from keheng.tiering import privacy, receivers  # noqa: F401
