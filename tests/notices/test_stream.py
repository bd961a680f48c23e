"""The live stream under ASGI: what it tells, that one connection serves all, that it ends with its reader."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient, Client
from django.urls import reverse
from tests.factories import StaffFactory

from keheng.notices import operations
from keheng.notices.stream import hub
from keheng.org.models import Staff

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


async def _reading(client: AsyncClient) -> AsyncIterator[dict[str, Any]]:
    response: Any = await client.get(reverse("notices:stream"))
    assert response["Content-Type"] == "text/event-stream"
    async for part in response.streaming_content:
        if part.startswith(b"data: "):
            yield json.loads(part.removeprefix(b"data: "))


async def _tell(staff: Staff, title: str) -> None:
    await sync_to_async(operations.tell)(staff_ids=[staff.pk], kind="trial", title=title, at=AT)


async def _until(reading: AsyncIterator[dict[str, Any]], unread: int) -> dict[str, Any]:
    """The next event with this number: when the hub begins to listen it rings once for everybody."""
    while True:
        found = await asyncio.wait_for(anext(reading), 5)
        if found["unread"] == unread:
            return found


def test_a_stream_tells_the_number_of_unread_notices_as_it_changes() -> None:
    staff, other = StaffFactory.create(), StaffFactory.create()

    async def follow() -> list[dict[str, Any]]:
        readings = []
        for member in (staff, other):
            client = AsyncClient()
            await client.aforce_login(member)
            readings.append(_reading(client))
        mine, theirs = readings
        told = [await _until(mine, 0)]
        await _until(theirs, 0)
        await asyncio.wait_for(hub().listening.wait(), 5)
        await _tell(staff, "三位客户降级待审批")
        told.append(await _until(mine, 1))
        await sync_to_async(operations.mark_read)(staff=staff, notice_ids=None, at=AT)
        told.append(await _until(mine, 0))
        for reading in readings:
            await reading.aclose()  # type: ignore[attr-defined]
        return told

    assert asyncio.run(follow()) == [
        {"unread": 0, "title": ""},
        {"unread": 1, "title": "三位客户降级待审批"},
        {"unread": 0, "title": ""},
    ]


def test_nobody_anonymous_reads_a_stream(client: Client) -> None:
    assert client.get(reverse("notices:stream")).status_code == 302
