"""Lessons and similar cases over HTTP: read with a receipt, published, offered and linked (A7)."""

from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import Field

from keheng.api.paging import Page, Paging, page_of
from keheng.common import clock
from keheng.complaints import permissions
from keheng.complaints.api.complaints import endpoints
from keheng.complaints.api.shapes import Words
from keheng.complaints.enums import Kinship, LinkReason, State
from keheng.complaints.models import Complaint, Lesson
from keheng.complaints.operations import lessons, notes
from keheng.complaints.queries.lessons import with_readings
from keheng.complaints.queries.similar import similar_to
from keheng.org.acting import acting
from keheng.org.models import Branch


class LessonOut(Schema):
    """What everybody of a branch is to learn; ``read``: by the caller."""

    id: int
    title: str
    cause: str | None
    branch: str
    happened: str
    learned: str
    published_by: str
    published_at: datetime
    readers: int
    read_by: int
    read: bool


class LessonIn(Schema):
    """It names neither the complainant nor a colleague. ``branch`` by its code: it and all below are told."""

    branch: str
    title: Annotated[str, Field(min_length=1, max_length=80)]
    happened: Words
    learned: Words


class SimilarOut(Schema):
    """An open complaint with what it has in common; ``percent`` of the words."""

    id: int
    number: str
    state: State
    cause: str | None
    registered_at: datetime
    reasons: list[Kinship]
    percent: int


class LinkIn(Schema):
    """The other complaint by its key."""

    other: int
    reason: LinkReason = LinkReason.SIMILAR


@endpoints.get("/lessons", permission=permissions.VIEW, summary=_("Lessons from complaints"), response=Page[LessonOut])
def told(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """What the caller's branch was told, the newest first."""
    return page_of(
        _lessons(request), paging, order=("-published_at", "-pk"), shape=lambda rows: [_lesson(row) for row in rows]
    )


@endpoints.get("/lessons/{int:lesson}", permission=permissions.VIEW, summary=_("One lesson"), response=LessonOut)
def one_lesson(request: HttpRequest, lesson: int) -> dict[str, Any]:
    """With how many have read it."""
    return _found(request, lesson)


@endpoints.post(
    "/lessons/{int:lesson}/read", permission=permissions.VIEW, summary=_("I have read it"), response=LessonOut
)
def read(request: HttpRequest, lesson: int) -> dict[str, Any]:
    """The first time counts."""
    found = get_object_or_404(Lesson.objects.visible_to(acting(request)), pk=lesson)
    lessons.read_lesson(lesson=found, actor=acting(request), at=clock.now())
    return _found(request, lesson)


@endpoints.post(
    "/{int:pk}/lessons",
    permission=permissions.REVIEW,
    summary=_("Publish a lesson"),
    response=LessonOut,
    status=201,
)
def publish(request: HttpRequest, pk: int, sent: LessonIn) -> dict[str, Any]:
    """Everybody of the branch is told."""
    given = sent.dict()
    branch = get_object_or_404(Branch, code=given.pop("branch"))
    made = lessons.publish_lesson(
        complaint=_complaint(request, pk), branch=branch, **given, actor=acting(request), at=clock.now()
    )
    return _lesson(_lessons(request).get(pk=made.pk))


@endpoints.get(
    "/{int:pk}/similar", permission=permissions.VIEW, summary=_("Similar open complaints"), response=list[SimilarOut]
)
def similar(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    """Offered with reasons; somebody links them."""
    return _offered(request, _complaint(request, pk))


@endpoints.post(
    "/{int:pk}/links", permission=permissions.HANDLE, summary=_("Link a similar case"), response=list[SimilarOut]
)
def link(request: HttpRequest, pk: int, sent: LinkIn) -> list[dict[str, Any]]:
    """It answers with what is still offered."""
    record, other = _complaint(request, pk), _complaint(request, sent.other)
    notes.add_link(complaint=record, other=other, reason=sent.reason, actor=acting(request), at=clock.now())
    return _offered(request, record)


def _complaint(request: HttpRequest, pk: int) -> Complaint:
    found: Complaint = get_object_or_404(Complaint.objects.visible_to(acting(request)), pk=pk)
    return found


def _offered(request: HttpRequest, record: Complaint) -> list[dict[str, Any]]:
    return [
        {
            **{name: getattr(one.complaint, name) for name in ("id", "number", "state", "registered_at")},
            "cause": one.complaint.cause.code if one.complaint.cause else None,
            "reasons": list(one.reasons),
            "percent": one.percent,
        }
        for one in similar_to(record, acting(request))
    ]


def _found(request: HttpRequest, lesson: int) -> dict[str, Any]:
    return _lesson(get_object_or_404(_lessons(request), pk=lesson))


def _lessons(request: HttpRequest) -> "QuerySet[Lesson]":
    staff = acting(request)
    seen = Lesson.objects.visible_to(staff).select_related("cause", "branch", "published_by")
    return with_readings(seen, staff)


def _lesson(row: Any) -> dict[str, Any]:
    same = ("id", "title", "happened", "learned", "published_at", "readers", "read_by")
    return {
        **{name: getattr(row, name) for name in same},
        "cause": row.cause.code if row.cause else None,
        "branch": row.branch.code,
        "published_by": row.published_by.username,
        "read": row.is_read,
    }
