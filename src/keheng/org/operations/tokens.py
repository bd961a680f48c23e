"""Tokens for programs: made by the person whom they act for, shown once, ended at any time."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from keheng.api.views import USE
from keheng.audit.operations import record
from keheng.org import permissions, policies
from keheng.org.enums import TokenState
from keheng.org.models import ApiToken, Staff

_SECRET_BYTES = 32
_SHOWN = 11
_USE_TOLD_EVERY = timedelta(minutes=1)


@transaction.atomic
def make_token(
    *, name: str, permissions_held: Collection[str], days: int, actor: Staff, at: datetime
) -> tuple[ApiToken, str]:
    """Make a token that acts as the actor, and return it with its secret, which is stored nowhere.

    Args:
        permissions_held: what the program may do; none that the actor's role lacks.
        days: how long it opens, one of :data:`keheng.org.policies.TOKEN_DAYS`.
    """
    permissions.check_make_token(actor)
    if not name.strip():
        raise ValidationError({"name": _("Say which program uses the token.")})
    if days not in policies.TOKEN_DAYS:
        raise ValidationError({"days": _("Choose one of the periods offered.")})
    if not permissions_held:
        raise ValidationError({"permissions": _("Choose at least one right.")})
    if any(not actor.can(permission) for permission in permissions_held):
        raise ValidationError({"permissions": _("A token cannot do more than your role.")})
    secret = f"keheng_{secrets.token_urlsafe(_SECRET_BYTES)}"
    token = ApiToken.objects.create(
        staff=actor,
        name=name.strip(),
        beginning=secret[:_SHOWN],
        digest=_digest(secret),
        permissions=sorted(permissions_held),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    detail = {"name": token.name, "days": days, "permissions": token.permissions}
    record("org.make_token", actor=actor, at=at, target=token, detail=detail)
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, actor: Staff, at: datetime) -> None:
    """End a token now; the program is refused from its next call on."""
    permissions.check_revoke(actor, token)
    if token.state_at(at) is not TokenState.VALID:
        return
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    record("org.revoke_token", actor=actor, at=at, target=token, detail={"name": token.name})


def revoke_tokens_of(member: Staff, at: datetime) -> None:
    """End all tokens of a person; part of the operations that end their sign-ins."""
    ApiToken.objects.filter(staff=member, revoked_at=None).update(revoked_at=at)


def open_token(*, secret: str, at: datetime) -> ApiToken | str:
    """The token that a secret opens, its person limited to its rights; else the refusal in words.

    The time of use is written at most once a minute.
    """
    token = ApiToken.objects.select_related("staff__branch", "staff__role").filter(digest=_digest(secret)).first()
    if token is None:
        return _("No such token is known.")
    state = token.state_at(at)
    if state is TokenState.REVOKED:
        return _("The token has been revoked. Make another one.")
    if state is TokenState.EXPIRED:
        return _("The token has expired. Make another one.")
    if not token.staff.is_active or not token.staff.can(USE):
        return _("The person whom the token acts for may not use the interface any more.")
    stale = Q(last_used_at=None) | Q(last_used_at__lte=at - _USE_TOLD_EVERY)
    if token.last_used_at is None or token.last_used_at <= at - _USE_TOLD_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=at)
    token.staff.limited_to = frozenset(token.permissions)
    return token


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
