"""What the sender says the file holds, in a file beside it or in its last row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from keheng.ingest.checking.rows import Footer
from keheng.ingest.faults import fault
from keheng.ingest.policies import Line
from keheng.ingest.profiles.model import Profile
from keheng.ingest.profiles.recognition import word

_ROWS = {"rows", "count", "行数", "笔数", "记录数"}


@dataclass(frozen=True)
class Totals:
    """How many rows, and sums by field in the file's unit, as far as the sender states them."""

    rows: int | None = None
    sums: Mapping[str, Decimal] = field(default_factory=dict)


def side_file_totals(profile: Profile, path: Path) -> Totals:
    """Read the control file beside the data, where there is one: lines of ``rows=1000`` and ``AUM=1234.56``."""
    if not profile.control.side_file:
        return Totals()
    side = path.with_name(profile.control.side_file.format(stem=path.stem))
    if not side.is_file():
        return Totals()
    fields = {word(heading): name for name, column in profile.columns.items() for heading in column.headings}
    rows: int | None = None
    sums: dict[str, Decimal] = {}
    for text in _lines(side):
        key, _, value = text.partition("=")
        name = word(key)
        try:
            amount = Decimal(value.strip().replace(",", ""))
        except InvalidOperation:
            raise fault("control_file", file=side.name, problem=text) from None
        if name in _ROWS:
            rows = int(amount)
        elif name in fields:
            sums[fields[name]] = amount
        else:
            raise fault("control_file", file=side.name, problem=text)
    return Totals(rows, sums)


def merged(side: Totals, footer: Footer | None) -> Totals:
    """Both sources together; the side file goes before the footer."""
    if footer is None:
        return side
    rows = footer.rows if side.rows is None else side.rows
    return Totals(rows, {**footer.sums, **side.sums})


def check(lines: list[Line], profile: Profile) -> None:
    """Refuse a file that does not hold what was stated, or a load that does not hold what was accepted.

    Raises:
        Fault: names the first line that differs.
    """
    for line in lines:
        shown = profile.columns[line.field].headings[0] if line.field in profile.columns else line.field
        if not line.complete:
            code = "control_rows" if line.field == "rows" else "control_sum"
            raise fault(code, field=shown, expected=_shown(line.stated), found=_shown(line.found))
        if not line.agrees:
            raise fault(
                "reconciliation", field=shown, expected=_shown(line.accepted - line.older), found=_shown(line.loaded)
            )


def _shown(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.normalize():,f}"


def _lines(path: Path) -> list[str]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
