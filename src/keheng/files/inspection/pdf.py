"""PDF documents: nothing that acts by itself, nothing that is locked."""

import re
import zlib
from collections.abc import Iterator

from keheng.files.refusals import Reason, RefusedFile

_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|XFA)(?![A-Za-z])")
_LOCKED = re.compile(rb"/Encrypt(?![A-Za-z])")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_OBJECTS = re.compile(rb"/ObjStm(?![A-Za-z])")
_DICTIONARY = 400  # bytes before a stream in which its kind stands
_LARGEST_STREAM = 8 * 2**20


def check(content: bytes) -> None:
    """Refuse a PDF that acts or is locked; names may be escaped (``/J#53``) or lie in compressed objects.

    Raises:
        RefusedFile: under a password, or active.
    """
    for part in (content, *_object_streams(content)):
        plain = _ESCAPE.sub(lambda found: bytes((int(found[1], 16),)), part)
        if _LOCKED.search(plain):
            raise RefusedFile(Reason.ENCRYPTED)
        if _ACTIVE.search(plain):
            raise RefusedFile(Reason.ACTIVE_PDF)


def _object_streams(content: bytes) -> Iterator[bytes]:
    """The unpacked objects of the newer form of the format."""
    for found in _STREAM.finditer(content):
        if not _OBJECTS.search(content, max(0, found.start() - _DICTIONARY), found.start()):
            continue
        try:
            yield zlib.decompressobj().decompress(content[found.end() :], _LARGEST_STREAM)
        except zlib.error as error:
            raise RefusedFile(Reason.DAMAGED) from error
