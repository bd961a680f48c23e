"""PDF files with Chinese text: one face, one paper, one way to build them.

Imported where such a file is made: the library takes longer to load than the rest of a module.
"""

import unicodedata
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

FONT = "STSong-Light"  # every PDF reader has a face for it: the file carries none, so a bare machine can write it
GREY = HexColor("#555555")
_UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn"}  # control and format signs, halves of pairs, private and unassigned ones
PAPER, MARGIN = A4, 18 * mm


def style(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    """How a paragraph looks; Chinese breaks anywhere."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    return ParagraphStyle(name, **{"fontName": FONT, "fontSize": size, "leading": leading, "wordWrap": "CJK", **more})


def paragraph(text: str, look: ParagraphStyle) -> Paragraph:
    """Words, whatever they hold: the library reads paragraphs as markup.

    Characters that a feed brought and no page can show are left out.
    """
    text = "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in _UNSHOWN)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br/>")
    return Paragraph(text, look)


def build(title: str, story: Sequence[Any], mark: Callable[[Any, Any], None]) -> bytes:
    """The file's content; ``mark(canvas, page)`` adds to every page."""
    buffer = BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=PAPER,
        title=title,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=16 * mm,
        bottomMargin=18 * mm,
    )
    document.build(list(story), onFirstPage=mark, onLaterPages=mark)
    return buffer.getvalue()
