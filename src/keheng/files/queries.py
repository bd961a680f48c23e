"""Reading files."""

import hashlib

from keheng.files.models import StoredFile, Thumbnail


class DamagedFile(Exception):
    """The stored content is not what was handed in."""


def content_of(file: StoredFile) -> bytes:
    """The whole content, proven by its digest.

    Raises:
        DamagedFile: pieces are missing or changed.
    """
    content = b"".join(piece.data or b"" for piece in file.pieces.order_by("number"))
    if hashlib.sha256(content).digest() != bytes(file.digest):
        raise DamagedFile(f"file {file.pk}")
    return content


def thumbnail_of(file: StoredFile) -> bytes | None:
    """The JPEG of a picture, or nothing."""
    found = Thumbnail.objects.filter(file=file).first()
    return found.data if found else None
