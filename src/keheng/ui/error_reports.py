"""What an error report may tell: where it happened, never what people had typed or what stood in a variable."""

from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class SilentReporterFilter(SafeExceptionReporterFilter):
    """Leaves out every value of a form and of a frame, with debugging switched on as well."""

    def is_active(self, request: HttpRequest | None) -> bool:  # noqa: ARG002  # Django's signature
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return dict.fromkeys(request.POST, self.cleansed_substitute) if request is not None else {}

    def get_traceback_frame_variables(self, request: Any, tb_frame: Any) -> Any:  # noqa: ARG002
        return [(name, self.cleansed_substitute) for name in tb_frame.f_locals]
