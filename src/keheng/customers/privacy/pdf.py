"""A copy as a PDF to read, every page marked with who made it and when (PIPL 45).

Imported where such a file is made: the library takes longer to load than the rest of the module.
"""

import unicodedata
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer

from keheng.customers.privacy.copies import Table

_FONT = "STSong-Light"  # every PDF reader has a face for it: the file carries none, so a bare machine can write it
_UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn"}  # control and format signs, halves of pairs, private and unassigned ones
_GREY, _LINE, _MARK = HexColor("#555555"), HexColor("#bbbbbb"), Color(0, 0, 0, alpha=0.08)


def pdf(title: str, watermark: str, tables: Sequence[Table]) -> bytes:
    """The file's content."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    head = ParagraphStyle("head", fontName=_FONT, fontSize=15, leading=20)
    heading = ParagraphStyle("heading", fontName=_FONT, fontSize=11, leading=16, spaceBefore=8, spaceAfter=3)
    cell = ParagraphStyle("cell", fontName=_FONT, fontSize=8.5, leading=11, wordWrap="CJK")
    grey = ParagraphStyle("grey", parent=cell, textColor=_GREY)
    story: list[Any] = [Paragraph(_safe(title), head), Paragraph(_safe(watermark), grey), Spacer(1, 4 * mm)]
    width = A4[0] - 36 * mm
    for table in tables:
        story.append(Paragraph(_safe(table.title), heading))
        rows = [[Paragraph(_safe(text), grey) for text in table.headers]]
        rows += [[Paragraph(_safe(text), cell) for text in row] for row in table.rows]
        story.append(
            LongTable(
                rows,
                colWidths=[width / len(table.headers)] * len(table.headers),
                repeatRows=1,
                style=[("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE), ("VALIGN", (0, 0), (-1, -1), "TOP")],
            )
        )
    buffer = BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        title=title,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=18 * mm,
    )

    def mark(canvas: Any, page: Any) -> None:
        canvas.saveState()
        canvas.setFont(_FONT, 8)
        canvas.setFillColor(_GREY)
        canvas.drawString(18 * mm, 10 * mm, watermark)
        canvas.drawRightString(A4[0] - 18 * mm, 10 * mm, str(page.page))
        canvas.setFillColor(_MARK)
        canvas.setFont(_FONT, 20)
        canvas.translate(A4[0] / 2, A4[1] / 2)
        canvas.rotate(32)
        for row in (-110, 0, 110):
            canvas.drawCentredString(0, row * mm, watermark.split(" · ", maxsplit=1)[0])
        canvas.restoreState()

    document.build(story, onFirstPage=mark, onLaterPages=mark)
    return buffer.getvalue()


def _safe(text: str) -> str:
    """reportlab reads paragraphs as markup; characters that a feed brought and no page can show are left out."""
    shown = "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in _UNSHOWN)
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br/>")
