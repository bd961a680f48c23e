"""What kind of file is it? Told by its first bytes, never by its name."""

import zipfile
from pathlib import Path

from keheng.ingest.faults import fault
from keheng.ingest.reading.chunk import Known, Table
from keheng.ingest.reading.delimited import DelimitedFile
from keheng.ingest.reading.parquet import ParquetFile
from keheng.ingest.reading.workbook import Workbook

_ARCHIVES = {
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "rar",
    b"BZh": "bzip2",
    b"\xfd7zX": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
_OTHERS = {
    b"%PDF": "a PDF document", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture",
    b"\x7fELF": "a program", b"MZ\x90": "a program", b"SQLite format 3": "a database",
}  # fmt: skip
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def open_table(path: Path, *, delimiter: str | None = None, encoding: str | None = None, known: Known) -> Table:
    """Open a file of any kind that can be loaded.

    Raises:
        Fault: it is missing, empty, no table, or in an encoding that cannot be told.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(16)
    except FileNotFoundError:
        raise fault("missing", file=path) from None
    except OSError as error:
        raise fault("unreadable", file=path, problem=error.strerror) from error
    if not size:
        raise fault("empty", file=path.name)
    if head.startswith(b"PAR1"):
        return ParquetFile(path)
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path, known)
    if head.startswith(_OLD_OFFICE):
        raise fault("old_workbook", file=path.name)
    for table, code in ((_ARCHIVES, "archive"), (_OTHERS, "binary")):
        for mark, kind in table.items():
            if head.startswith(mark):
                raise fault(code, file=path.name, kind=kind)
    return DelimitedFile(path, delimiter=delimiter, encoding=encoding, known=known)


def _zipped(path: Path, known: Known) -> Table:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError) as error:
        raise fault("damaged", file=path.name, problem=error) from error
    if "xl/workbook.xml" in names:
        return Workbook(path, known=known)
    raise fault("archive", file=path.name, kind="zip")
