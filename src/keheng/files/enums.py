"""Words for files."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FileKind(models.TextChoices):
    """What a stored file is, by its content."""

    JPEG = "jpeg", _("JPEG picture")
    PNG = "png", _("PNG picture")
    GIF = "gif", _("GIF picture")
    WEBP = "webp", _("WebP picture")
    TIFF = "tiff", _("TIFF picture")
    PDF = "pdf", _("PDF document")
    WORD = "docx", _("Word document")
    EXCEL = "xlsx", _("Excel workbook")
    SLIDES = "pptx", _("Slides")
    TEXT = "text", _("Plain text")
    MP3 = "mp3", _("MP3 recording")
    WAV = "wav", _("WAV recording")
