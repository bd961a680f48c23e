"""What the operations share."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from keheng.outreach.enums import EventAct, EventState
from keheng.outreach.models import Event
from keheng.outreach.policies.states import EVENTS


def locked(event: Event) -> Event:
    """The event as it stands, locked: whatever changes its seats or state waits here for its turn."""
    return Event.objects.select_for_update(of=("self",)).select_related("branch", "organiser").get(pk=event.pk)


def step(held: Event, act: EventAct) -> None:
    """Bring a locked event to its next state.

    Raises:
        ValidationError: it does not stand where this could be done.
    """
    state = EVENTS.get((EventState(held.state), act))
    if state is None:
        raise ValidationError(
            _("This cannot be done: the event is “%(state)s”. Load the page anew.")
            % {"state": held.get_state_display()}
        )
    held.state = state


def check_open(held: Event) -> None:
    """Raise unless guests are invited at present."""
    if held.state != EventState.OPEN:
        raise ValidationError(
            _("Guests are invited and answer while an event is open; this one is “%(state)s”.")
            % {"state": held.get_state_display()}
        )


def invite_cause(event_id: int, customer_id: int) -> str:
    """What an invitation is called among the causes of tasks and messages."""
    return f"outreach:{event_id}:invite:{customer_id}"


def follow_cause(event_id: int, customer_id: int) -> str:
    """What a follow-up is called among the causes of tasks."""
    return f"outreach:{event_id}:follow:{customer_id}"
