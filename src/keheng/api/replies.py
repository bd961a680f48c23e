"""Writes that are sent twice are done once: the second call gets the answer of the first."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from keheng.api.models import Reply
from keheng.api.problems import Flaw, conflict, invalid

HEADER = "Idempotency-Key"
LONGEST_KEY = 100
KEPT = timedelta(hours=48)


def once(
    request: HttpRequest, actor_id: int, key: str, carry_out: Callable[[], HttpResponse], at: datetime
) -> HttpResponse:
    """Carry a write out unless this caller's ``key`` has been seen; then give the answer it got.

    The key and what is written commit together. A call with the same key at the same time waits for the first; what
    was refused may be sent again under its key.
    """
    if len(key) > LONGEST_KEY:
        return invalid([Flaw(HEADER, _("At most %(count)s characters.") % {"count": LONGEST_KEY})])
    digest = _digest(request)
    Reply.objects.filter(actor_id=actor_id, created_at__lt=at - KEPT).delete()
    try:
        with transaction.atomic():
            reply = Reply.objects.create(actor_id=actor_id, key=key, fingerprint=digest, created_at=at)
            response = carry_out()
            if response.status_code < 300:
                reply.status, reply.body = response.status_code, response.content.decode()
                reply.content_type = response.headers.get("Content-Type", "")
                reply.save(update_fields=["status", "body", "content_type"])
            elif transaction.get_connection().needs_rollback:
                transaction.set_rollback(True)
            else:
                reply.delete()
            return response
    except IntegrityError:
        known = Reply.objects.filter(actor_id=actor_id, key=key).first()
        if known is None:
            raise
    return _again(known, digest)


def _again(known: Reply, digest: bytes) -> HttpResponse:
    if bytes(known.fingerprint) != digest:
        return conflict(
            _("This Idempotency-Key belongs to another call."), _("Take a fresh key for every call that differs.")
        )
    answer = HttpResponse(known.body or "", status=known.status or 200, content_type=known.content_type)
    answer.headers["Idempotent-Replay"] = "true"
    return answer


def _digest(request: HttpRequest) -> bytes:
    return hashlib.sha256(f"{request.method} {request.get_full_path()}\0".encode() + request.body).digest()
