"""What the pages share: a request that the reader may see, and the panel at its side."""

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from keheng.org.acting import acting
from keheng.service_requests import permissions
from keheng.service_requests.models import ServiceRequest
from keheng.ui.views import SideForm

RELATED = ("branch", "customer", "assignee", "opened_by", "parent", "merged_into", "calendar")


def request_of(request: HttpRequest, pk: int) -> ServiceRequest:
    """The request, if it lies in the scope of the reader; else the page is not found."""
    visible = ServiceRequest.objects.visible_to(acting(request)).select_related(*RELATED)
    return get_object_or_404(visible, pk=pk)


class RequestSide(SideForm):
    """A form in the side panel about one request."""

    permission: ClassVar[str] = permissions.HANDLE
    record: ServiceRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.record = request_of(request, kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def make_form(self, *data: Any) -> forms.Form:
        raise NotImplementedError
