"""Pictures: really opened, within a number of pixels, and made anew for showing."""

import io
import struct

from PIL import Image, ImageOps

from keheng.files.enums import FileKind
from keheng.files.refusals import Reason, RefusedFile

_MARKS = {
    b"\xff\xd8\xff": FileKind.JPEG,
    b"\x89PNG\r\n\x1a\n": FileKind.PNG,
    b"GIF87a": FileKind.GIF,
    b"GIF89a": FileKind.GIF,
    b"II*\x00": FileKind.TIFF,
    b"MM\x00*": FileKind.TIFF,
}
# What Pillow raises over broken data depends on the format; warnings are raised where warnings are errors.
_BROKEN = (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, struct.error, UserWarning)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_SIDE, _QUALITY = 640, 82


def kind_of(content: bytes) -> FileKind | None:
    """The kind of picture by the first bytes, or none."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return FileKind.WEBP
    return next((kind for mark, kind in _MARKS.items() if content.startswith(mark)), None)


def thumbnail(content: bytes, kind: FileKind, pixel_limit: int) -> bytes:
    """Open the picture and return a JPEG of at most 640 pixels a side, upright, without metadata.

    Raises:
        RefusedFile: damaged, or with too many pixels (told by its head, before any is unpacked).
    """
    try:
        with Image.open(io.BytesIO(content), formats=[kind.upper()]) as picture:
            if picture.width * picture.height > pixel_limit:
                raise RefusedFile(Reason.TOO_MANY_PIXELS, limit=pixel_limit // 10**6)
            picture.verify()
        with Image.open(io.BytesIO(content), formats=[kind.upper()]) as picture:
            picture.draft("RGB", (_SIDE, _SIDE))
            return _made_anew(picture)
    except _BOMBS as error:
        raise RefusedFile(Reason.TOO_MANY_PIXELS, limit=pixel_limit // 10**6) from error
    except _BROKEN as error:
        raise RefusedFile(Reason.DAMAGED) from error


def _made_anew(picture: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((_SIDE, _SIDE))
    opaque = Image.new("RGB", upright.size, "white")
    layered = upright.convert("RGBA")
    opaque.paste(layered, mask=layered.getchannel("A"))
    target = io.BytesIO()
    opaque.save(target, "JPEG", quality=_QUALITY, optimize=True)
    return target.getvalue()
