"""What a file is and whether it is harmless: told by its content, in memory, without running any of it."""

from dataclasses import dataclass
from pathlib import PurePath

from keheng.files.enums import FileKind
from keheng.files.inspection import office, pdf, pictures, recordings, text
from keheng.files.inspection.marks import ARCHIVES, OLD_OFFICE, PROGRAMS
from keheng.files.kinds import KINDS, PICTURES
from keheng.files.refusals import Reason, RefusedFile


@dataclass(frozen=True)
class Inspected:
    """A harmless file; ``thumbnail`` is the JPEG of a picture."""

    kind: FileKind
    thumbnail: bytes | None = None


def inspect(content: bytes, name: str, *, pixel_limit: int) -> Inspected:
    """Tell what ``content`` is.

    Raises:
        RefusedFile: nothing, unknown, harmful, or other than its name says.
    """
    if not content:
        raise RefusedFile(Reason.EMPTY)
    if content.startswith(PROGRAMS):
        raise RefusedFile(Reason.PROGRAM)
    if content.startswith(ARCHIVES) or content[257:262] == b"ustar":
        raise RefusedFile(Reason.ARCHIVE)
    if content.startswith(OLD_OFFICE):
        raise RefusedFile(Reason.ENCRYPTED if office.is_encrypted(content) else Reason.OLD_OFFICE)
    kind = _kind_of(content)
    ending = PurePath(name).suffix.lower().removeprefix(".")
    if ending and ending not in KINDS[kind].endings:
        raise RefusedFile(Reason.RENAMED, ending=ending[:12], kind=kind.label)
    return Inspected(kind, pictures.thumbnail(content, kind, pixel_limit) if kind in PICTURES else None)


def _kind_of(content: bytes) -> FileKind:
    if content.startswith(b"PK"):
        return office.kind_of(content)
    if content.startswith(b"%PDF-"):
        pdf.check(content)
        return FileKind.PDF
    kind = pictures.kind_of(content) or recordings.kind_of(content)
    if kind is None:
        text.check(content)
        return FileKind.TEXT
    return kind
