"""Telling people, and what they do with what they were told."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from keheng.notices.models import Muted, Notice
from keheng.org.models import Staff

CHANNEL = "keheng_notices"
_A_SIGNAL_HOLDS = 500  # keys; a payload of NOTIFY has 8,000 bytes at most


@dataclass(frozen=True)
class Message:
    """What one person is told; ``url`` is the page that it is about."""

    staff_id: int
    title: str
    url: str = ""
    body: str = ""


def tell(*, staff_ids: Iterable[int], kind: str, title: str, url: str = "", body: str = "", at: datetime) -> int:
    """Tell several people the same; return how many were told."""
    return tell_each(kind=kind, messages=[Message(key, title, url, body) for key in dict.fromkeys(staff_ids)], at=at)


@transaction.atomic
def tell_each(*, kind: str, messages: Collection[Message], at: datetime) -> int:
    """Tell people one message each, by one statement; whoever muted the kind or left is not told."""
    if not messages:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into notices_notice (staff_id, kind, title, body, url, at)
            select told.staff_id, %s, told.title, told.body, told.url, %s
              from unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) as told(staff_id, title, body, url)
              join org_staff s on s.id = told.staff_id and s.is_active
             where not exists (select from notices_muted m where m.staff_id = told.staff_id and m.kind = %s)
            returning staff_id
            """,
            [
                kind,
                at,
                [message.staff_id for message in messages],
                [message.title[:200] for message in messages],
                [message.body[:400] for message in messages],
                [message.url[:300] for message in messages],
                kind,
            ],
        )
        told = [row[0] for row in cursor.fetchall()]
    _signal(told)
    return len(told)


@transaction.atomic
def mark_read(*, staff: Staff, notice_ids: Collection[int] | None, at: datetime) -> int:
    """Mark one's notices as read (all unread ones with ``None``); return how many were unread."""
    notices = Notice.objects.visible_to(staff).unread().filter(at__lte=at)
    if notice_ids is not None:
        notices = notices.filter(pk__in=notice_ids)
    number = notices.update(read_at=at)
    _signal([staff.pk] if number else [])
    return number


@transaction.atomic
def choose_kinds(*, staff: Staff, muted: Collection[str]) -> None:
    """Keep which kinds of notice a person does not want."""
    Muted.objects.filter(staff=staff).exclude(kind__in=muted).delete()
    Muted.objects.bulk_create([Muted(staff=staff, kind=kind) for kind in muted], ignore_conflicts=True)


def wake(staff_ids: Iterable[int]) -> None:
    """Let the open pages of these people load what has changed, without telling anybody anything."""
    _signal(list(staff_ids))


def purge(*, read_before: timedelta, at: datetime) -> int:
    """Delete notices that were read longer ago than ``read_before``; return how many."""
    return Notice.objects.filter(read_at__lt=at - read_before).delete()[0]


@transaction.atomic
def forget(*, pages: Collection[str]) -> int:
    """Delete the notices that lead to these pages, whatever tab or part of them; return how many.

    A notice is a passing sentence: the work that it tells of stays where it is.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from notices_notice where split_part(url, '?', 1) = any(%s) returning staff_id", [list(pages)]
        )
        told = [staff for (staff,) in cursor.fetchall()]
    _signal(told)
    return len(told)


def _signal(staff_ids: list[int]) -> None:
    """Wake the streams of these people once the transaction has committed (NOTIFY waits for it)."""
    keys = sorted(set(staff_ids))
    with connection.cursor() as cursor:
        for begin in range(0, len(keys), _A_SIGNAL_HOLDS):
            part = ",".join(map(str, keys[begin : begin + _A_SIGNAL_HOLDS]))
            cursor.execute("select pg_notify(%s, %s)", [CHANNEL, part])
