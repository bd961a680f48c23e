"""By what complaints that are told alike are found."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from keheng.complaints.models.complaints import Complaint


class WordMarks(models.Model):
    """The marks of a complaint's statement (``policies.marks``); its words cannot be read from them."""

    complaint = models.OneToOneField(Complaint, models.CASCADE, primary_key=True, related_name="words")
    marks = ArrayField(models.BigIntegerField())

    class Meta:
        verbose_name = _("marks of a complaint's words")
        indexes: ClassVar[list[models.Index]] = [GinIndex(fields=["marks"], name="complaints_told_alike")]

    def __str__(self) -> str:
        return f"{self.complaint_id}"
