from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    name = "keheng.org"
    label = "org"
    verbose_name = _("Organisation")

    def ready(self) -> None:
        from keheng.org import receivers  # noqa: F401
