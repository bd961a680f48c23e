"""Reads of the organisation."""

from keheng.org.models import SYSTEM_USERNAME, Staff


def system_actor() -> Staff:
    """The account that commands and scheduled work act as; nobody signs in with it."""
    return Staff.objects.get(username=SYSTEM_USERNAME)
