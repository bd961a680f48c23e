"""A reply letter as the PDF that goes out.

Imported where such a file is made: the library takes longer to load than the rest of the module.
"""

from typing import Any

from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.units import mm
from reportlab.platypus import Spacer

from keheng.common.pdf import FONT, GREY, MARGIN, PAPER, build, paragraph, style


def letter_pdf(*, subject: str, body: str, number: str, sender: str, date: str) -> bytes:
    """The file's content: letterhead, the words, who signs, the number at the foot of every page."""
    text = style("text", 11, 19, spaceAfter=4)
    story: list[Any] = [
        paragraph(sender, style("sender", 13, 18, alignment=TA_CENTER)),
        Spacer(1, 3 * mm),
        paragraph(subject, style("subject", 15, 22, alignment=TA_CENTER, spaceAfter=10)),
    ]
    for block in body.split("\n\n"):
        story += [paragraph(line, text) for line in block.split("\n") if line.strip()]
        story.append(Spacer(1, 2 * mm))
    closing = style("closing", 11, 19, alignment=TA_RIGHT)
    story += [Spacer(1, 8 * mm), paragraph(sender, closing), paragraph(date, closing)]

    def mark(canvas: Any, page: Any) -> None:
        canvas.saveState()
        canvas.setFont(FONT, 8)
        canvas.setFillColor(GREY)
        canvas.drawString(MARGIN, 10 * mm, number)
        canvas.drawRightString(PAPER[0] - MARGIN, 10 * mm, str(page.page))
        canvas.restoreState()

    return build(subject, story, mark)
