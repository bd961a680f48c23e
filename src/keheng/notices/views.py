"""Notices on pages: the bell, the list, what one wants to be told, the stream."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from time import monotonic
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.db import connections
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from keheng.common import clock
from keheng.notices import kinds, operations, queries
from keheng.notices.filters import NoticeFilter
from keheng.notices.forms import ChoicesForm
from keheng.notices.models import Notice
from keheng.notices.stream import hub
from keheng.notices.tables import NoticeTable
from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.ui.lists import BulkAction, EmptyState, ListView, PageAction, PresetView

_HEARTBEAT_SECONDS = 25.0
_LONGEST_SECONDS = 900.0  # then the browser asks anew, and whether it is still signed in is asked with it


class NoticeList(ListView):
    """One's own notices, the newest first; everybody signed in has them."""

    permission = ""
    key = "notices"
    title = gettext_lazy("Notices")
    unit = pgettext_lazy("measure word for notices", "notices")
    table_class = NoticeTable
    filterset_class = NoticeFilter
    default_sort = "-at"
    preset_views = (PresetView(gettext_lazy("Unread"), "unread=true"),)
    bulk_actions = (BulkAction(gettext_lazy("Mark as read"), "notices:read", "checks"),)

    def get_queryset(self) -> QuerySet[Notice]:
        return Notice.objects.visible_to(acting(self.request))

    def row_url(self, record: Notice) -> str:
        return reverse("notices:open", args=[record.pk])

    def page_actions(self) -> Sequence[PageAction]:
        return (
            PageAction(_("What I want to be told"), reverse("notices:choices"), "settings"),
            PageAction(_("Mark all as read"), reverse("notices:read-all"), "checks", post=True),
        )

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No notices yet"), _("Requests, answers and finished work are told here and by the bell."), "bell"
        )


@require_GET
def bell(request: HttpRequest) -> HttpResponse:
    """The newest notices, in the panel of the bell."""
    staff = acting(request)
    return render(
        request, "notices/panel.html", {"notices": queries.newest(staff), "unread": queries.unread_count(staff)}
    )


@require_GET
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to what a notice is about; it has been read then."""
    notice = get_object_or_404(Notice.objects.visible_to(acting(request)), pk=pk)
    operations.mark_read(staff=acting(request), notice_ids=[notice.pk], at=clock.now())
    inside = url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
    return redirect(notice.url if notice.url and inside else "notices:list")


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark the ticked notices as read."""
    keys = list(NoticeList.selection(request).values_list("pk", flat=True))
    operations.mark_read(staff=acting(request), notice_ids=keys, at=clock.now())
    return redirect("notices:list")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    number = operations.mark_read(staff=acting(request), notice_ids=None, at=clock.now())
    messages.success(request, _("%(count)d notices have been marked as read.") % {"count": number})
    return redirect("notices:list")


def choices(request: HttpRequest) -> HttpResponse:
    """Which kinds of notice one wants."""
    staff = acting(request)
    if request.method == "POST":
        form = ChoicesForm(request.POST)
        if form.is_valid():
            operations.choose_kinds(staff=staff, muted=form.muted())
            messages.success(request, _("Your choice has been saved."))
            return redirect("notices:list")
    else:
        muted = queries.muted_kinds(staff)
        form = ChoicesForm(initial={"wanted": [code for code in kinds.declared() if code not in muted]})
    return render(request, "notices/choices.html", {"form": form})


async def stream(request: HttpRequest) -> HttpResponseBase:
    """Server-sent events: the number of unread notices at once, then whenever it changes."""
    user: Any = await request.auser()
    await sync_to_async(connections.close_all)()  # a stream that waits holds no connection of the pool
    response = StreamingHttpResponse(_events(user), content_type="text/event-stream")
    response["Cache-Control"], response["X-Accel-Buffering"] = "no-store", "no"
    return response


async def _events(staff: Staff) -> AsyncIterator[bytes]:
    began, told = monotonic(), -1
    async with hub().subscribe(staff.pk) as rung:
        rung.set()
        while monotonic() - began < _LONGEST_SECONDS:
            try:
                await asyncio.wait_for(rung.wait(), _HEARTBEAT_SECONDS)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            rung.clear()
            unread, newest = await _state(staff)
            news = newest if 0 <= told < unread else ""
            told = unread
            yield f"data: {json.dumps({'unread': unread, 'title': news}, ensure_ascii=False)}\n\n".encode()


@sync_to_async
def _state(staff: Staff) -> tuple[int, str]:
    """How many notices are unread, and what the newest says."""
    try:
        newest = queries.newest(staff, limit=1)
        return queries.unread_count(staff), newest[0].title if newest else ""
    finally:
        connections.close_all()
