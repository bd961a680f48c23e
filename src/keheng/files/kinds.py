"""The kinds of file that are taken in: how their names end and what a browser is told of them."""

from dataclasses import dataclass

from keheng.files.enums import FileKind

_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class Kind:
    """``endings`` are those a name may have, the usual one first, without the dot."""

    media_type: str
    endings: tuple[str, ...]


KINDS: dict[FileKind, Kind] = {
    FileKind.JPEG: Kind("image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
    FileKind.PNG: Kind("image/png", ("png",)),
    FileKind.GIF: Kind("image/gif", ("gif",)),
    FileKind.WEBP: Kind("image/webp", ("webp",)),
    FileKind.TIFF: Kind("image/tiff", ("tif", "tiff")),
    FileKind.PDF: Kind("application/pdf", ("pdf",)),
    FileKind.WORD: Kind(f"{_OFFICE}.wordprocessingml.document", ("docx",)),
    FileKind.EXCEL: Kind(f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",)),
    FileKind.SLIDES: Kind(f"{_OFFICE}.presentationml.presentation", ("pptx",)),
    FileKind.TEXT: Kind("text/plain", ("txt", "csv")),
    FileKind.MP3: Kind("audio/mpeg", ("mp3",)),
    FileKind.WAV: Kind("audio/wav", ("wav",)),
}
PICTURES = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.GIF, FileKind.WEBP, FileKind.TIFF})
ACCEPTED = ",".join(f".{ending}" for kind in KINDS.values() for ending in kind.endings)
ACCEPTED_PICTURES = ",".join(f".{ending}" for kind in sorted(PICTURES) for ending in KINDS[kind].endings)
