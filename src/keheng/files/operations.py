"""Taking files in and deleting them. The module that owns the record checks permissions and keeps the trail."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction

from keheng.audit.enums import Outcome
from keheng.audit.operations import record
from keheng.files.inspection import Inspected, inspect
from keheng.files.kinds import PICTURES
from keheng.files.models import Piece, StoredFile, Thumbnail
from keheng.files.refusals import Reason, RefusedFile
from keheng.files.scanner import scan
from keheng.org.models import Staff

PIECE = 2**20
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Examined:
    """An upload that may be stored."""

    name: str
    content: bytes
    inspected: Inspected


def examine(*, upload: "File[Any]", only_pictures: bool = False, actor: Staff, at: datetime) -> Examined:
    """Look at an upload. To be called outside a transaction: the refusal is kept, and a scanner takes its time.

    Raises:
        RefusedFile: with the reason in words; the attempt stands in the trail, without the file or its name.
    """
    try:
        return _examined(upload, only_pictures=only_pictures)
    except RefusedFile as refusal:
        detail = {"why": refusal.reason.name.lower()}
        record("files.refuse", actor=actor, at=at, outcome=Outcome.REFUSED, detail=detail)
        raise


@transaction.atomic
def store(*, examined: Examined, actor: Staff, at: datetime) -> StoredFile:
    """Write an examined file, encrypted, in the caller's transaction."""
    content = examined.content
    file = StoredFile.objects.create(
        name=examined.name,
        kind=examined.inspected.kind,
        size=len(content),
        digest=hashlib.sha256(content).digest(),
        added_by=actor,
        added_at=at,
    )
    for number, start in enumerate(range(0, len(content), PIECE)):
        Piece.objects.create(file=file, number=number, data=content[start : start + PIECE])
    if examined.inspected.thumbnail:
        Thumbnail.objects.create(file=file, data=examined.inspected.thumbnail)
    return file


def discard(*, file: StoredFile) -> None:
    """Delete a file with its content; part of the operations of the module that owns it."""
    file.delete()


def _examined(upload: "File[Any]", *, only_pictures: bool) -> Examined:
    limit = settings.FILES_UPLOAD_LIMIT
    if upload.size > limit:
        raise RefusedFile(Reason.TOO_LARGE, size=f"{upload.size / 2**20:.1f}", limit=limit // 2**20)
    name = PurePath((upload.name or "").replace("\\", "/")).name[-_LONGEST_NAME:]
    content = upload.read()
    inspected = inspect(content, name, pixel_limit=settings.FILES_PIXEL_LIMIT)
    if only_pictures and inspected.kind not in PICTURES:
        raise RefusedFile(Reason.NO_PICTURE)
    scan(content)
    return Examined(name, content, inspected)
