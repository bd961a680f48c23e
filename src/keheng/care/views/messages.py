"""Drafted messages: read, copied, marked sent."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from keheng.care.enums.tasks import MessageState
from keheng.care.models import Message
from keheng.care.operations.messages import close_message
from keheng.care.permissions import contacts as permissions
from keheng.care.queries.rules import occasion_rules
from keheng.care.wording import message_text
from keheng.common import clock
from keheng.org.acting import acting
from keheng.ui.views import PermissionMixin

MOST = 100


class Messages(PermissionMixin, View):
    """What the reader has to send, the earliest first."""

    permission = permissions.LOG

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = Message.objects.filter(staff=acting(request), state=MessageState.DRAFT)
        rows = waiting.select_related("customer", "staff__branch")[:MOST]
        rules = occasion_rules().rules
        context = {
            "rows": [(row, row.facts.get("title") or rules.name_of(row.rule), message_text(row)) for row in rows],
            "count": waiting.count(),
            "most": MOST,
        }
        return render(request, "care/messages/page.html", context)


class CloseMessage(PermissionMixin, View):
    """Mark a message sent, or say that it is not going to be."""

    permission = permissions.LOG

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        message = get_object_or_404(Message, pk=pk, staff=acting(request))
        try:
            close_message(
                message=message, sent=request.POST.get("done") == "sent", actor=acting(request), at=clock.now()
            )
        except ValidationError as error:
            return HttpResponse(" ".join(error.messages), status=409, content_type="text/plain; charset=utf-8")
        return redirect("care:messages")
