"""Who is told what of requests for approval: approvals and notices know nothing of each other."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.approvals import queries as approvals
from keheng.approvals.enums import State
from keheng.approvals.models import Request
from keheng.notices import operations as notices
from keheng.notices.operations import Message


def tell_approvers(request_ids: Sequence[int], at: datetime) -> None:
    """Tell everybody whose level the requests have reached: one by its title, several by their number."""
    waiting = approvals.approvers(request_ids)
    titles = _titles(waiting)
    messages = [
        Message(one.staff_id, _("Waiting for your approval: %(title)s") % {"title": titles[one.one]}, _page(one.one))
        if one.count == 1
        else Message(
            one.staff_id,
            _("%(count)d requests wait for your approval.") % {"count": one.count},
            reverse("approvals:inbox"),
        )
        for one in waiting
    ]
    notices.tell_each(kind="approvals.asked", messages=messages, at=at)


def tell_of_escalation(request_ids: Sequence[int], at: datetime) -> None:
    """Tell the level to which overdue requests have risen."""
    messages = [
        Message(
            one.staff_id,
            _("%(count)d overdue requests have risen to you.") % {"count": one.count},
            f"{reverse('approvals:inbox')}",
        )
        for one in approvals.approvers(request_ids)
    ]
    notices.tell_each(kind="approvals.escalated", messages=messages, at=at)


def tell_requesters(request_ids: Sequence[int], outcome: State, at: datetime) -> None:
    """Tell whoever asked what became of it; what one withdrew oneself is no news."""
    if outcome == State.WITHDRAWN:
        return
    asked = approvals.requesters(request_ids)
    titles, page = _titles(asked), f"{reverse('approvals:mine')}?state={outcome.value}"
    messages = [
        Message(
            one.staff_id, _("%(state)s: %(title)s") % {"state": outcome.label, "title": titles[one.one]}, _page(one.one)
        )
        if one.count == 1
        else Message(
            one.staff_id,
            _("%(state)s: %(count)d of your requests") % {"state": outcome.label, "count": one.count},
            page,
        )
        for one in asked
    ]
    notices.tell_each(kind="approvals.answered", messages=messages, at=at)


def _titles(waiting: Sequence[approvals.Waiting]) -> dict[int, str]:
    """The titles of those that are told alone."""
    alone = [one.one for one in waiting if one.count == 1]
    return dict(Request.objects.filter(pk__in=alone).values_list("pk", "title"))


def _page(request_id: int) -> str:
    return reverse("approvals:request", args=[request_id])
