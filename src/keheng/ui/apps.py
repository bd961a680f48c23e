from types import ModuleType

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from keheng.ui.translations import compile_stale


class UiConfig(AppConfig):
    name = "keheng.ui"
    label = "ui"
    verbose_name = _("Pages")

    def __init__(self, app_name: str, app_module: ModuleType | None) -> None:
        super().__init__(app_name, app_module)
        compile_stale()  # before any model is made: a constraint that has a message asks for its words at once

    def ready(self) -> None:
        from keheng.ui import checks  # noqa: F401  # registers them

        autodiscover_modules("navigation")
