"""What Django and allauth tell of sign-ins, passed on."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from keheng.common import clock
from keheng.org import operations
from keheng.org.models import Staff


@receiver(user_logged_in)
def _on_sign_in(user: Staff, **_: Any) -> None:
    operations.record_sign_in(member=user, at=clock.now())


@receiver(user_login_failed)
def _on_sign_in_failure(credentials: dict[str, Any], **_: Any) -> None:
    operations.record_sign_in_failure(username=str(credentials.get("username", "")), at=clock.now())


@receiver(user_logged_out)
def _on_sign_out(user: Staff | None, **_: Any) -> None:
    if user is not None:
        operations.record_sign_out(member=user, at=clock.now())


@receiver([password_changed, password_set, password_reset])
def _on_password_change(user: Staff, **_: Any) -> None:
    operations.password_changed(member=user, at=clock.now())


@receiver(authenticator_added)
def _on_second_factor_added(user: Staff, **_: Any) -> None:
    operations.record_account_change("org.add_second_factor", member=user, at=clock.now())


@receiver(authenticator_removed)
def _on_second_factor_removed(user: Staff, **_: Any) -> None:
    operations.record_account_change("org.remove_second_factor", member=user, at=clock.now())


@receiver(authenticator_reset)
def _on_recovery_codes_renewed(user: Staff, **_: Any) -> None:
    operations.record_account_change("org.renew_recovery_codes", member=user, at=clock.now())
