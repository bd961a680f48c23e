"""System checks of the frame."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from keheng.ui.navigation import unknown_addresses


@register("urls")
def check_navigation(**_kwargs: Any) -> list[CheckMessage]:
    """Every item of the navigation must lead somewhere."""
    return [
        Error(f"The navigation names the address '{name}', which does not exist.", hint="See urls.py.", id="ui.E001")
        for name in unknown_addresses()
    ]
