"""Sign-in: accounts are made by administrators, never by visitors."""

import base64
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from keheng.common.keys import key_ring

_PURPOSE = "org.mfa"


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth for staff: no self-registration, and plain words for whoever is locked out."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _(
            "Too many failed attempts: this account is locked for 5 minutes. Wait, or ask the system administrator."
        ),
        "username_password_mismatch": _(
            "The user name or the password is wrong. After 5 failed attempts the account is locked for 5 minutes."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False


class StaffMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of the second step are encrypted at rest."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(key_ring().encrypt(text, _PURPOSE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return key_ring().decrypt(base64.b64decode(encrypted_text), _PURPOSE)
