from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CareConfig(AppConfig):
    name = "keheng.care"
    label = "care"
    verbose_name = _("Care")

    def ready(self) -> None:
        from keheng.care import receivers  # noqa: F401
