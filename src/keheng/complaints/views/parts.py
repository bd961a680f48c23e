"""What the pages share: a complaint that the reader may see, and the panel at its side."""

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from keheng.complaints import permissions
from keheng.complaints.models import Complaint
from keheng.org.acting import acting
from keheng.ui.views import SideForm

RELATED = (
    "branch",
    "customer",
    "cause",
    "product",
    "handler",
    "responsible",
    "responsible_branch",
    "about_branch",
    "about_staff__branch",
    "registered_by",
    "internal_rules",
    "regulatory_rules",
    "suggested_cause",
    "joined_to",
    "calendar",
)


def complaint_of(request: HttpRequest, pk: int) -> Complaint:
    """The complaint, if it lies in the scope of the reader; else the page is not found."""
    visible = Complaint.objects.visible_to(acting(request)).select_related(*RELATED)
    return get_object_or_404(visible, pk=pk)


class ComplaintSide(SideForm):
    """A form in the side panel about one complaint."""

    permission: ClassVar[str] = permissions.VIEW
    record: Complaint

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.record = complaint_of(request, kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def make_form(self, *data: Any) -> forms.Form:
        raise NotImplementedError
