"""Office documents: ZIP files with parts of known names, without macros, objects or remote templates."""

import io
import zipfile

from keheng.files.enums import FileKind
from keheng.files.refusals import Reason, RefusedFile

_MAIN_PARTS = {
    "word/document.xml": FileKind.WORD,
    "xl/workbook.xml": FileKind.EXCEL,
    "ppt/presentation.xml": FileKind.SLIDES,
}
_ACTIVE = ("vbaproject", "vbadata", "/activex/", "/embeddings/", "/macrosheets/", "customui/")
_TYPES, _TEMPLATE = "[Content_Types].xml", "word/_rels/settings.xml.rels"
_ENCRYPTED_FLAG = 0x1
_LARGEST_UNPACKED, _LARGEST_RATIO, _LARGEST_PART = 400 * 2**20, 400, 2**20


def kind_of(content: bytes) -> FileKind:
    """Tell which kind of Office document a ZIP file is.

    Raises:
        RefusedFile: none, damaged, under a password, with macros, or a bomb.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _examine(archive, len(content))
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise RefusedFile(Reason.DAMAGED) from error


def is_encrypted(content: bytes) -> bool:
    """Whether a compound file is a document under a password rather than one of an old version."""
    return "EncryptedPackage".encode("utf-16-le") in content


def _examine(archive: zipfile.ZipFile, size: int) -> FileKind:
    parts = {part.filename: part for part in archive.infolist()}
    if any(part.flag_bits & _ENCRYPTED_FLAG for part in parts.values()):
        raise RefusedFile(Reason.ENCRYPTED)
    kind = next((kind for name, kind in _MAIN_PARTS.items() if name in parts), None)
    if kind is None or _TYPES not in parts:
        raise RefusedFile(Reason.ARCHIVE)
    unpacked = sum(part.file_size for part in parts.values())
    if unpacked > _LARGEST_UNPACKED or unpacked > _LARGEST_RATIO * size:
        raise RefusedFile(Reason.ARCHIVE)
    if any(active in f"/{name}".lower() for name in parts for active in _ACTIVE):
        raise RefusedFile(Reason.MACROS)
    if b"macroenabled" in _read(archive, _TYPES).lower():
        raise RefusedFile(Reason.MACROS)
    if _TEMPLATE in parts and b"attachedtemplate" in _read(archive, _TEMPLATE).lower():
        raise RefusedFile(Reason.MACROS)
    return kind


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(_LARGEST_PART)
