from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from keheng.ui.translations import compile_stale


class UiConfig(AppConfig):
    name = "keheng.ui"
    label = "ui"
    verbose_name = _("Pages")

    def ready(self) -> None:
        from keheng.ui import checks  # noqa: F401  # registers them

        compile_stale()
        autodiscover_modules("navigation")
