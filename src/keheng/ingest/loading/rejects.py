"""The file of rejected rows, which opens in Excel as it is."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Self

from django.utils.translation import gettext as _

from keheng.ingest.checking.sheet import Reject

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[-+]?[\d.,]+")


class RejectsFile:
    """Written as the load goes; made with the first reject."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        if self._file:
            self._file.close()

    @property
    def path(self) -> str:
        """Where it lies; empty while nothing was rejected."""
        return str(self._path) if self._file else ""

    def write(self, rejects: Sequence[Reject]) -> None:
        """Append rejects: row number, field, value, reason, remedy."""
        if not rejects:
            return
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow([_("Row"), _("Field"), _("Value"), _("Reason"), _("Remedy")])
        csv.writer(self._file).writerows(
            (reject.row, reject.field, _harmless(reject.value), reject.reason, reject.remedy) for reject in rejects
        )
        self._file.flush()


def _harmless(value: str) -> str:
    """The value as a spreadsheet shows it and never computes it: a formula from the file must not run."""
    return f"'{value}" if value[:1] in _FORMULA and not _NUMBER.fullmatch(value) else value


def first_rejects(path: str, count: int) -> list[list[str]]:
    """The first lines of a file of rejects, without its headings."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        next(reader, None)
        return [row for row, _ in zip(reader, range(count), strict=False)]
