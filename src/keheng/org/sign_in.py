"""Sign-in: accounts are made by administrators, never by visitors."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth for staff: no self-registration."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
