"""At the door: guests found by name or by the code of their ticket; and the ticket, the only page that guests see."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.common import clock
from keheng.customers.models import Customer
from keheng.customers.queries import matching
from keheng.org.acting import acting
from keheng.outreach import permissions
from keheng.outreach.enums import EventState, GuestState, SignedBy
from keheng.outreach.models import Event, Guest
from keheng.outreach.operations.answering import sign_in, undo_sign_in
from keheng.outreach.qr import qr_svg
from keheng.outreach.queries.figures import by_state
from keheng.outreach.tickets import guest_of, token_of
from keheng.outreach.views.event import GUEST_TONES, event_of
from keheng.ui.views import PermissionMixin, require

_SHOWN = 12


class Door(PermissionMixin):
    """The list at the door, for a phone held in one hand: search, sign in."""

    permission = permissions.INVITE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        event = event_of(request, pk)
        permissions.check_sign_in(acting(request), event)
        return door(request, event, "outreach/door.html")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Look for guests, sign one in, or take a sign-in back."""
        event = event_of(request, pk)
        permissions.check_sign_in(acting(request), event)
        problem = ""
        if key := request.POST.get("guest", ""):
            guest = get_object_or_404(Guest.objects.select_related("event__branch"), pk=key, event=event)
            act = undo_sign_in if request.POST.get("act") == "undo" else sign_in
            try:
                act(guest=guest, actor=acting(request), at=clock.now())
            except ValidationError as error:
                problem = " ".join(error.messages)
        return door(request, event, "outreach/door.html#guests", problem)


def door(request: HttpRequest, event: Event, template: str, problem: str = "") -> HttpResponse:
    """The door with those found; without a search those who are expected."""
    text = request.POST.get("q", "").strip()
    guests = Guest.objects.filter(event=event).exclude(state=GuestState.DROPPED)
    if text:
        guests = guests.filter(customer__in=matching(Customer.objects.filter(pk__in=guests.values("customer")), text))
    else:
        guests = guests.filter(state__in=[GuestState.CONFIRMED, GuestState.CAME])
    found = guests.select_related("customer", "inviter").order_by("signed_in_at", "pk")
    expected = found.filter(signed_in_at__isnull=True)[:_SHOWN]
    came = found.filter(signed_in_at__isnull=False).order_by("-signed_in_at")[:_SHOWN]
    counts = by_state(event)
    rows = [(guest, GUEST_TONES.get(GuestState(guest.state), "")) for guest in [*expected, *came]]
    context = {
        "event": event,
        "q": text,
        "rows": rows,
        "problem": problem,
        "came": counts.get(GuestState.CAME, 0),
        "expected": counts.get(GuestState.CONFIRMED, 0) + counts.get(GuestState.CAME, 0),
        "is_open": event.state == EventState.OPEN,
    }
    return render(request, template, context)


def scanned(request: HttpRequest, token: str) -> HttpResponse:
    """Where the code of a ticket leads whoever stands at the door: the guest, and the button to sign them in."""
    require(request, permissions.INVITE)
    guest = guest_of(token)
    if guest is None:
        raise Http404
    event = event_of(request, guest.event_id)
    permissions.check_sign_in(acting(request), event)
    problem = ""
    if request.method == "POST":
        try:
            guest = sign_in(guest=guest, actor=acting(request), at=clock.now(), how=SignedBy.CODE)
        except ValidationError as error:
            problem = " ".join(error.messages)
    context = {
        "event": event,
        "guest": guest,
        "tone": GUEST_TONES.get(GuestState(guest.state), ""),
        "problem": problem,
        "done": guest.state == GuestState.CAME,
    }
    return render(request, "outreach/scanned.html", context)


@login_not_required
def ticket(request: HttpRequest, token: str) -> HttpResponse:
    """The guest's ticket: what, when, where, and the code for the door; without a word about who the guest is."""
    guest = guest_of(token)
    holds = guest is not None and guest.state in (GuestState.CONFIRMED, GuestState.CAME)
    over = guest is not None and (guest.event.state != EventState.OPEN or clock.now() > guest.event.ends_at)
    code = ""
    if guest is not None and holds and not over:
        address = request.build_absolute_uri(reverse("outreach:scanned", args=[token_of(guest)]))
        code = qr_svg(address, _("Code for the door"))
    context = {"guest": guest if holds else None, "over": over, "code": code}
    return render(request, "outreach/ticket.html", context, status=200 if holds else 404)
