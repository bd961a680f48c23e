"""The ways of an event and of a guest, each one table."""

from keheng.outreach.enums import EventAct, EventState, GuestAct, GuestState

EVENTS: dict[tuple[EventState, EventAct], EventState] = {
    (EventState.PLANNED, EventAct.ASK): EventState.ASKED,
    (EventState.PLANNED, EventAct.OPEN): EventState.OPEN,
    (EventState.ASKED, EventAct.APPROVE): EventState.OPEN,
    (EventState.ASKED, EventAct.REFUSE): EventState.PLANNED,
    (EventState.OPEN, EventAct.HOLD): EventState.HELD,
    (EventState.HELD, EventAct.CLOSE): EventState.CLOSED,
    (EventState.PLANNED, EventAct.CANCEL): EventState.CANCELLED,
    (EventState.ASKED, EventAct.CANCEL): EventState.CANCELLED,
    (EventState.OPEN, EventAct.CANCEL): EventState.CANCELLED,
}

_ASKED = (GuestState.LISTED, GuestState.TOLD)
_COMING = (GuestState.CONFIRMED, GuestState.WAITING)

GUESTS: dict[tuple[GuestState, GuestAct], GuestState] = {
    (GuestState.LISTED, GuestAct.TELL): GuestState.TOLD,
    **{(state, GuestAct.CONFIRM): GuestState.CONFIRMED for state in (*_ASKED, GuestState.DECLINED)},
    **{(state, GuestAct.DECLINE): GuestState.DECLINED for state in (*_ASKED, *_COMING)},
    **{(state, GuestAct.DROP): GuestState.DROPPED for state in (*_ASKED, *_COMING, GuestState.DECLINED)},
    **{(state, GuestAct.SIGN_IN): GuestState.CAME for state in (*_ASKED, *_COMING, GuestState.DECLINED)},
    (GuestState.CAME, GuestAct.UNDO): GuestState.CONFIRMED,
}
"""A confirmation for which no seat is left leads to the waiting list instead (:func:`seated`)."""

HOLDS_SEAT = (GuestState.CONFIRMED, GuestState.CAME)
"""Who takes seats of the capacity."""


def acts_on(event: EventState) -> tuple[EventAct, ...]:
    """What can be done with an event in a state."""
    return tuple(act for state, act in EVENTS if state == event)


def acts_about(guest: GuestState, event: EventState) -> tuple[GuestAct, ...]:
    """What can be done about a guest while the event stands where it does: only while it is open."""
    if event != EventState.OPEN:
        return ()
    return tuple(act for state, act in GUESTS if state == guest)


def seated(*, capacity: int, taken: int, seats: int) -> bool:
    """Is there room for so many more?"""
    return taken + seats <= capacity


def moves_up(waiting: list[tuple[int, int]], free: int) -> list[int]:
    """Who of the waiting list gets a seat now, in order: ``(key, seats)``, the longest waiting first.

    A party that does not fit is passed over for a smaller one behind it; it keeps its place.
    """
    chosen = []
    for key, seats in waiting:
        if seats <= free:
            chosen.append(key)
            free -= seats
    return chosen
