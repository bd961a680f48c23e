"""A guest's ticket: a signed link that nobody guesses; it names no person, and holds until the event is over."""

from django.core import signing

from keheng.outreach.models import Guest

_SALT = "outreach.ticket"


def token_of(guest: Guest) -> str:
    """The signed name of a guest of an event."""
    return signing.dumps([guest.event_id, guest.pk], salt=_SALT)


def guest_of(token: str) -> Guest | None:
    """The guest whom a token names; ``None`` when it was tampered with, or the guest is no longer on the list."""
    try:
        event_id, pk = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return Guest.objects.select_related("event__branch", "customer").filter(pk=pk, event=event_id).first()
