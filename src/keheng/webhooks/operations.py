"""Telling other programs: subscriptions, the queue of deliveries, attempts.

What is told is written by the transaction that it is about, so that nothing is told that was undone, and nothing is
lost when a process dies. It is told at least once; receivers know repetitions by ``Keheng-Delivery``.
"""

import json
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from keheng.audit.operations import record
from keheng.notices.operations import tell
from keheng.org.models import Branch, Staff
from keheng.webhooks import permissions
from keheng.webhooks.enums import State
from keheng.webhooks.kinds import PING, declared
from keheng.webhooks.models import Attempt, Delivery, Subscription
from keheng.webhooks.policies import SIGNATURE, is_taken, next_attempt, signature
from keheng.webhooks.sending import Answer

DELIVER_TASK = "webhooks.deliver"

type Post = Callable[[str, bytes, Mapping[str, str]], Answer]

_LEASE = timedelta(minutes=2)
_AT_ONCE = 10

_ANNOUNCE = """
    insert into webhooks_delivery (subscription_id, key, kind, data, at, state, attempts, next_at)
    select s.id, news.key, %(kind)s, news.data, %(at)s, 'waiting', 0, %(at)s
      from unnest(%(keys)s::uuid[], %(data)s::jsonb[], %(paths)s::text[]) as news(key, data, path)
      join webhooks_subscription s on s.is_active and %(kind)s = any(s.kinds)
      left join org_branch b on b.id = s.branch_id
     where b.id is null or starts_with(news.path, b.path)
"""


@dataclass(frozen=True)
class News:
    """One thing that happened: what programs need to ask for more, never personal data; ``path`` of its branch."""

    data: Mapping[str, Any]
    path: str = ""


def is_awaited(kind: str) -> bool:
    """Does any program want news of a kind? For whoever would have to put many together."""
    return Subscription.objects.filter(is_active=True, kinds__contains=[kind]).exists()


def announce(*, kind: str, news: Sequence[News], at: datetime) -> int:
    """Put news into the queue of everybody who subscribed to its kind, by one statement; return how many deliveries."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ANNOUNCE,
            {
                "kind": kind,
                "at": at,
                "keys": [uuid.uuid4() for _one in news],
                "data": [json.dumps(one.data, ensure_ascii=False) for one in news],
                "paths": [one.path for one in news],
            },
        )
        count: int = cursor.rowcount
    if count:
        transaction.on_commit(_wake)
    return count


@transaction.atomic
def subscribe(
    *, name: str, url: str, kinds: Sequence[str], branch: Branch | None = None, actor: Staff, at: datetime
) -> tuple[Subscription, str]:
    """Let a program be called; returns the secret as well, which is shown once."""
    permissions.check_manage(actor)
    secret = secrets.token_urlsafe(32)
    made = Subscription(name=name.strip(), secret=secret, branch=branch, created_by=actor, created_at=at)
    _save(made, url, kinds)
    record("webhooks.subscribe", actor=actor, at=at, target=made, detail={"kinds": list(kinds)})
    return made, secret


@transaction.atomic
def change(
    *,
    subscription: Subscription,
    name: str,
    url: str,
    kinds: Sequence[str],
    branch: Branch | None = None,
    actor: Staff,
    at: datetime,
) -> Subscription:
    """Give a subscription another address or other news; its secret stays."""
    permissions.check_manage(actor)
    changed = Subscription.objects.select_for_update().get(pk=subscription.pk)
    changed.name, changed.branch = name.strip(), branch
    _save(changed, url, kinds)
    record("webhooks.change", actor=actor, at=at, target=changed, detail={"kinds": list(kinds)})
    return changed


@transaction.atomic
def renew_secret(*, subscription: Subscription, actor: Staff, at: datetime) -> str:
    """Make another secret; what is called from now on is signed with it."""
    permissions.check_manage(actor)
    secret = secrets.token_urlsafe(32)
    subscription.secret = secret
    subscription.save(update_fields=["secret"])
    record("webhooks.renew_secret", actor=actor, at=at, target=subscription)
    return secret


@transaction.atomic
def switch(*, subscription: Subscription, on: bool, actor: Staff, at: datetime) -> None:
    """Stop or begin to tell a program; what waits is given up when it is switched off."""
    permissions.check_manage(actor)
    subscription.is_active, subscription.failing_since = on, None
    subscription.save(update_fields=["is_active", "failing_since"])
    if not on:
        subscription.deliveries.filter(state=State.WAITING).update(state=State.GIVEN_UP, next_at=None)
    record("webhooks.switch", actor=actor, at=at, target=subscription, detail={"on": on})


@transaction.atomic
def ping(*, subscription: Subscription, actor: Staff, at: datetime) -> Delivery:
    """Put a test call into the queue of one subscription."""
    permissions.check_manage(actor)
    if not subscription.is_active:
        raise ValidationError(_("Switch it on first."))
    made = Delivery.objects.create(subscription=subscription, key=uuid.uuid4(), kind=PING, data={}, at=at, next_at=at)
    transaction.on_commit(_wake)
    record("webhooks.ping", actor=actor, at=at, target=subscription)
    return made


@transaction.atomic
def send_again(*, delivery: Delivery, actor: Staff, at: datetime) -> None:
    """Try a delivery anew that was given up or is to be repeated; its key stays."""
    permissions.check_manage(actor)
    if not delivery.subscription.is_active:
        raise ValidationError(_("Switch it on first."))
    Delivery.objects.filter(pk=delivery.pk).update(state=State.WAITING, attempts=0, next_at=at)
    transaction.on_commit(_wake)
    record("webhooks.send_again", actor=actor, at=at, target=delivery.subscription, detail={"key": str(delivery.key)})


def deliver(*, post: Post, now: Callable[[], datetime]) -> int:
    """Send what is due, by however many workers; return how many calls were made.

    Rows are taken for two minutes and sent side by side outside of any transaction: a worker that dies meanwhile loses
    nothing, and a program that does not answer holds up few others.
    """
    sent = 0
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while taken := _take(at := now()):
            calls = [(delivery.subscription.url, *_call(delivery, at)) for delivery in taken]
            for delivery, answer in zip(taken, pool.map(lambda call: post(*call), calls), strict=True):
                _keep(delivery, answer, now())
            sent += len(taken)
    return sent


def purge(*, older_than: timedelta, at: datetime) -> int:
    """Forget deliveries that are done and older than so; return how many rows went."""
    return Delivery.objects.filter(at__lt=at - older_than).exclude(state=State.WAITING).delete()[0]


def _wake() -> None:
    """Ask for the sending now, once what it is about has been written; the minute's turn would find it anyhow."""
    with suppress(AlreadyEnqueued):
        app.configure_task(DELIVER_TASK, queueing_lock=DELIVER_TASK).defer(timestamp=0)


def _save(subscription: Subscription, url: str, kinds: Sequence[str]) -> None:
    url = url.strip()
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.fragment:
        raise ValidationError({"url": _("Write an address such as https://oa.example.com/hooks, without a password.")})
    if not kinds or set(kinds) - set(declared()):
        raise ValidationError({"kinds": _("Choose what the program is told.")})
    subscription.url, subscription.kinds = url, sorted(kinds)
    subscription.full_clean(exclude=["secret"])
    subscription.save()


@transaction.atomic
def _take(at: datetime) -> list[Delivery]:
    due = (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=State.WAITING, next_at__lte=at, subscription__is_active=True)
        .select_related("subscription__created_by")
        .order_by("next_at", "pk")
    )
    taken = list(due[:_AT_ONCE])
    keys = [delivery.pk for delivery in taken]
    Delivery.objects.filter(pk__in=keys).update(next_at=at + _LEASE, attempts=F("attempts") + 1)
    return taken


def _call(delivery: Delivery, at: datetime) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of a call."""
    told = {"id": str(delivery.key), "kind": delivery.kind, "at": delivery.at.isoformat(), "data": delivery.data}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Keheng",
        "Keheng-Kind": delivery.kind,
        "Keheng-Delivery": str(delivery.key),
        SIGNATURE: signature(delivery.subscription.secret or "", body, at),
    }
    return body, headers


@transaction.atomic
def _keep(delivery: Delivery, answer: Answer, at: datetime) -> None:
    """Write down how an attempt went, and when the next one is due."""
    Attempt.objects.create(
        delivery=delivery, at=at, status=answer.status, error=answer.error, milliseconds=answer.milliseconds
    )
    subscription = Subscription.objects.filter(pk=delivery.subscription_id)
    if is_taken(answer.status):
        Delivery.objects.filter(pk=delivery.pk).update(state=State.DELIVERED, next_at=None)
        subscription.exclude(failing_since=None).update(failing_since=None)
        return
    again = next_attempt(delivery.attempts + 1, at)
    state = State.WAITING if again else State.GIVEN_UP
    Delivery.objects.filter(pk=delivery.pk, state=State.WAITING).update(state=state, next_at=again)
    first_failure = subscription.filter(failing_since=None).update(failing_since=at)
    if first_failure or again is None:
        _warn(delivery.subscription, given_up=again is None, at=at)


def _warn(subscription: Subscription, *, given_up: bool, at: datetime) -> None:
    """Tell whoever made it, when calls begin to fail and when one is given up (again only a day later)."""
    words = _("Given up after a day: %(name)s") if given_up else _("Calls to %(name)s fail")
    url = subscription.get_absolute_url()
    title = words % {"name": subscription}
    tell(staff_ids=[subscription.created_by_id], kind="webhooks.failing", title=title, url=url, at=at)


def failing() -> Q:
    """The subscriptions whose calls fail."""
    return Q(is_active=True, failing_since__isnull=False)
