"""Reads of the trail."""

from datetime import datetime

from django.db import models
from django.db.models import QuerySet

from keheng.audit.models import Entry


def history_of(target: models.Model, *, before: datetime | None = None) -> "QuerySet[Entry]":
    """The acts on one record, newest first."""
    entries = Entry.objects.filter(target_type=target._meta.label_lower, target_id=target.pk)
    return entries if before is None else entries.filter(at__lt=before)
