"""Dates out of addresses and forms."""

from datetime import date


def posted_day(text: str) -> date | None:
    """The date that a text names; ``None`` where it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
