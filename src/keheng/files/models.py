"""Files and their content, encrypted in the database."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from keheng.common.fields import EncryptedBytesField, EncryptedTextField
from keheng.files.enums import FileKind
from keheng.files.kinds import KINDS, PICTURES


class StoredFile(models.Model):
    """One file as it was handed in. It never changes; whoever owns it points to it."""

    name = EncryptedTextField(_("file name"), purpose="files.name")
    kind = models.CharField(_("kind of file"), max_length=8, choices=FileKind)
    size = models.PositiveIntegerField(_("size"))
    digest = models.BinaryField(_("SHA-256"), editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("file")
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="files_file_not_empty"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def is_picture(self) -> bool:
        """Whether the file has a thumbnail."""
        return self.kind in PICTURES

    @property
    def ending(self) -> str:
        """How a name for this kind of file ends, without the dot."""
        return KINDS[FileKind(self.kind)].endings[0]


class Piece(models.Model):
    """A megabyte of a file, or the rest."""

    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="pieces", db_index=False)
    number = models.PositiveSmallIntegerField()
    data = EncryptedBytesField(purpose="files.piece")

    class Meta:
        ordering = ["file", "number"]
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="files_piece_once"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}.{self.number}"


class Thumbnail(models.Model):
    """A small JPEG of a picture, made anew: nothing of the original but what it shows."""

    file = models.OneToOneField(StoredFile, models.CASCADE, primary_key=True, related_name="thumbnail")
    data = EncryptedBytesField(purpose="files.thumbnail")

    def __str__(self) -> str:
        return str(self.file_id)
