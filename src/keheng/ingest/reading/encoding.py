"""In which encoding is a text file written?"""

import codecs
from pathlib import Path

from charset_normalizer import from_bytes

from keheng.ingest.faults import fault

_BLOCK = 1 << 20
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_COMMON = 0.6  # of the Chinese characters of a real text, at least so many are of the 3,755 most common


def detect_encoding(path: Path) -> str:
    """Return ``utf-8``, ``utf-8-sig``, ``utf-16`` or ``gb18030``.

    Looks at the first stretch of the file that is not plain ASCII, wherever it stands.

    Raises:
        Fault: binary data, or an encoding other than these.
    """
    sample, before = _telling_part(path)
    for mark, name in _MARKS.items():
        if sample.startswith(mark) and not before:
            return name
    if b"\0" in sample:
        raise fault("binary", file=path.name, kind="binary data")
    if _fits(sample, "utf-8"):
        return "utf-8"
    if _fits(sample, "gb18030") and _reads_as_chinese(sample):
        return "gb18030"
    best = from_bytes(sample[:20_000]).best()
    if best is None or best.encoding.startswith(("utf_8", "gb")):
        raise fault("encoding", file=path.name, row=before + _first_bad_row(sample))
    raise fault("other_encoding", file=path.name, encoding=best.encoding.replace("_", "-").upper())


def _telling_part(path: Path) -> tuple[bytes, int]:
    """The first block with anything but ASCII (or the first block), and how many lines stand before it."""
    with path.open("rb") as file:
        first = block = file.read(_BLOCK)
        lines = 0
        while block.isascii() and b"\0" not in block:
            lines += block.count(b"\n")
            block = file.read(_BLOCK)
            if not block:
                return first, 0
    return block, lines


def _fits(sample: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError as error:
        return error.start <= 3 and _fits(sample[error.end :], encoding)  # a block may begin inside a character
    return True


def _reads_as_chinese(sample: bytes) -> bool:
    text = codecs.getincrementaldecoder("gb18030")("ignore").decode(sample)
    chinese = [char for char in text if char > "\x7f" and char.isalpha()]
    common = sum(b"\xb0" <= char.encode("gb2312", "ignore")[:1] <= b"\xd7" for char in chinese)
    return common >= _COMMON * len(chinese)


def _first_bad_row(sample: bytes) -> int:
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        return sample.count(b"\n", 0, error.start) + 1
    return 1
