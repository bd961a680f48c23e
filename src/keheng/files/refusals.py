"""Why a file is not taken in, in words that say what to do."""

from enum import Enum, auto

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class Reason(Enum):
    """Why a file is refused."""

    EMPTY = auto()
    TOO_LARGE = auto()
    UNKNOWN = auto()
    RENAMED = auto()
    PROGRAM = auto()
    MARKUP = auto()
    ARCHIVE = auto()
    ENCRYPTED = auto()
    MACROS = auto()
    OLD_OFFICE = auto()
    ACTIVE_PDF = auto()
    TOO_MANY_PIXELS = auto()
    DAMAGED = auto()
    NO_PICTURE = auto()
    FOUND = auto()
    NOT_SCANNED = auto()


_SENTENCES = {
    Reason.EMPTY: _("There is nothing in the file. Choose another."),
    Reason.TOO_LARGE: _(
        "The file has %(size)s MB; at most %(limit)s MB are taken. Scan it with less detail, or divide it."
    ),
    Reason.UNKNOWN: _(
        "What is in the file cannot be told. Taken are pictures, PDF, Word, Excel, slides, plain text, MP3 and WAV."
    ),
    Reason.RENAMED: _(
        "The name ends in .%(ending)s, but the content is something else: %(kind)s. Check where the file comes from; "
        "if it is right, give it its proper ending."
    ),
    Reason.PROGRAM: _("This is a program or a script, whatever its name says. Programs are never taken in."),
    Reason.MARKUP: _(
        "Web pages, SVG and XML can carry scripts and are not taken in. Print the page to PDF and hand in that."
    ),
    Reason.ARCHIVE: _("Archives such as ZIP and RAR are not taken in. Unpack it and hand in its files one by one."),
    Reason.ENCRYPTED: _(
        "The file is under a password, so it cannot be examined. Remove the password and hand it in again."
    ),
    Reason.MACROS: _("The document carries macros or embedded objects. Save it without them, or as PDF."),
    Reason.OLD_OFFICE: _(
        "Files of old Office versions (.doc, .xls, .ppt) can hide macros. Save it as .docx, .xlsx, .pptx or PDF."
    ),
    Reason.ACTIVE_PDF: _(
        "The PDF runs scripts or programs, or carries other files. Print it to a plain PDF and hand in that."
    ),
    Reason.TOO_MANY_PIXELS: _("The picture has more than %(limit)s million pixels. Save it smaller."),
    Reason.DAMAGED: _("The file is damaged and does not open. Save or scan it again."),
    Reason.NO_PICTURE: _("A picture is wanted here: JPEG, PNG, WebP, GIF or TIFF."),
    Reason.FOUND: _(
        "The virus scanner has found something harmful in the file. It was not kept; tell the IT department."
    ),
    Reason.NOT_SCANNED: _(
        "The virus scanner does not answer, so nothing is taken in. Try again in a few minutes; if it stays, tell the "
        "IT department."
    ),
}


class RefusedFile(ValidationError):
    """A file that is not taken in; lands beside the form field ``file``.

    ``words`` are what the sentence names: ``size`` and ``limit``, or ``ending`` and ``kind``.
    """

    def __init__(self, reason: Reason, **words: object) -> None:
        self.reason = reason
        super().__init__({"file": str(_SENTENCES[reason]) % words})
