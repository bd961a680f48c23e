"""A copy as a PDF to read, every page marked with who made it and when (PIPL 45).

Imported where such a file is made: the library takes longer to load than the rest of the module.
"""

from collections.abc import Sequence
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.platypus import LongTable, Spacer

from keheng.common.pdf import FONT, GREY, MARGIN, PAPER, build, paragraph, style
from keheng.customers.privacy.copies import Table

_LINE, _MARK = HexColor("#bbbbbb"), Color(0, 0, 0, alpha=0.08)
WIDEST = 6
"""Columns that can be read beside each other on this paper; rows of more are told one field below the other."""


def pdf(title: str, watermark: str, tables: Sequence[Table]) -> bytes:
    """The file's content."""
    heading = style("heading", 11, 16, spaceBefore=8, spaceAfter=3)
    cell = style("cell", 8.5, 11)
    grey = style("grey", 8.5, 11, textColor=GREY)
    story: list[Any] = [paragraph(title, style("head", 15, 20)), paragraph(watermark, grey), Spacer(1, 4 * mm)]
    width = PAPER[0] - 2 * MARGIN
    for table in tables:
        story.append(paragraph(table.title, heading))
        if len(table.headers) > WIDEST:
            for row in table.rows:
                fields = zip(table.headers, row, strict=True)
                pairs = [[paragraph(name, grey), paragraph(text, cell)] for name, text in fields if text]
                story += [_lined(pairs, [width / 4, width * 3 / 4]), Spacer(1, 3 * mm)] if pairs else []
            continue
        rows = [[paragraph(text, grey) for text in table.headers]]
        rows += [[paragraph(text, cell) for text in row] for row in table.rows]
        story.append(_lined(rows, [width / len(table.headers)] * len(table.headers), heads=1))

    def mark(canvas: Any, page: Any) -> None:
        canvas.saveState()
        canvas.setFont(FONT, 8)
        canvas.setFillColor(GREY)
        canvas.drawString(MARGIN, 10 * mm, watermark)
        canvas.drawRightString(PAPER[0] - MARGIN, 10 * mm, str(page.page))
        canvas.setFillColor(_MARK)
        canvas.setFont(FONT, 20)
        canvas.translate(PAPER[0] / 2, PAPER[1] / 2)
        canvas.rotate(32)
        for row in (-110, 0, 110):
            canvas.drawCentredString(0, row * mm, watermark.split(" · ", maxsplit=1)[0])
        canvas.restoreState()

    return build(title, story, mark)


def _lined(rows: Sequence[Sequence[Any]], widths: Sequence[float], *, heads: int = 0) -> LongTable:
    """Rows with a line below each; one that is higher than a page goes on on the next."""
    look = [("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return LongTable(rows, colWidths=widths, repeatRows=heads, splitInRow=1, style=look)
