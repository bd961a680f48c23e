"""Files made up for tests: harmless ones, and such as must never be taken in."""

import io
import struct
import zipfile
import zlib

from PIL import Image

TYPES = "[Content_Types].xml"
WORD = {TYPES: "<Types/>", "word/document.xml": "<document/>"}
EXCEL = {TYPES: "<Types/>", "xl/workbook.xml": "<workbook/>"}
SLIDES = {TYPES: "<Types/>", "ppt/presentation.xml": "<presentation/>"}
PROGRAM = b"MZ\x90\x00" + bytes(200)


def picture(form: str = "JPEG", size: tuple[int, int] = (900, 600), **options: object) -> bytes:
    """A picture of one colour."""
    target = io.BytesIO()
    Image.new("RGB", size, (31, 95, 191)).save(target, form, **options)
    return target.getvalue()


def photo_with_place() -> bytes:
    """A photo lying on its side whose metadata tell where it was taken, and a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    exif[0x010E] = "secret place"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(size=(900, 600), exif=exif)


def bomb(side: int = 60_000) -> bytes:
    """A PNG of a few kilobytes that says it has ``side`` × ``side`` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(side + 1) * 40)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg_bomb() -> bytes:
    """A JPEG of a few kilobytes whose head says 65,500 × 65,500 pixels."""
    content = bytearray(picture())
    head = content.index(b"\xff\xc0")
    content[head + 5 : head + 9] = struct.pack(">HH", 65_500, 65_500)
    return bytes(content)


def gif_bomb() -> bytes:
    """A GIF of one small picture on a screen of 65,535 × 65,535 pixels."""
    content = bytearray(picture("GIF", (8, 8)))
    content[6:10] = struct.pack("<HH", 65_535, 65_535)
    return bytes(content)


def zipped(parts: dict[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def locked(content: bytes) -> bytes:
    """The archive with the mark of a password on each entry, in its directory and before its content."""
    marked = bytearray(content)
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = marked.find(signature)
        while at >= 0:
            marked[at + offset] |= 1
            at = marked.find(signature, at + 4)
    return bytes(marked)


def pdf(body: bytes = b"<< /Type /Catalog >>") -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + body + b"\nendobj\n%%EOF\n"


def pdf_with_objects(inside: bytes) -> bytes:
    """A PDF whose objects are compressed."""
    packed = zlib.compress(inside)
    return pdf(b"<< /Type /ObjStm /N 1 /First 4 /Length %d >>\nstream\n" % len(packed) + packed + b"\nendstream")
