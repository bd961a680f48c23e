from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "keheng.customers"
    label = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from keheng.customers import receivers  # noqa: F401
        from keheng.customers.privacy import copied, erased  # noqa: F401
