"""Batches: every load of a file, its counts and how it ended."""

from pathlib import Path
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from keheng.ingest.enums import BatchState
from keheng.ingest.faults import sentences
from keheng.ingest.policies import Line
from keheng.org.models import Branch, Staff


class Batch(models.Model):
    """One load of one file (or folder) under one profile."""

    profile = models.CharField(_("profile"), max_length=40)
    profile_path = models.CharField(max_length=500, blank=True, help_text=_("where a profile was named by its path"))
    file_name = models.CharField(_("file"), max_length=255)
    path = models.CharField(max_length=1000)
    size = models.BigIntegerField(_("size"), help_text=_("bytes"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    state = models.CharField(_("state"), max_length=12, choices=BatchState, default=BatchState.QUEUED)
    actor = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("loaded by"))
    branch = models.ForeignKey(
        Branch,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("branch of new customers"),
    )
    as_of = models.DateField(_("date of the figures"), null=True, blank=True)
    mapping = models.JSONField(_("mapping"), default=dict, help_text=_("field → heading, where a person chose it"))
    dry_run = models.BooleanField(_("trial"), default=False)
    created_at = models.DateTimeField(_("created"))
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    read = models.PositiveBigIntegerField(_("rows read"), default=0)
    created = models.PositiveBigIntegerField(_("new"), default=0)
    updated = models.PositiveBigIntegerField(_("changed"), default=0)
    unchanged = models.PositiveBigIntegerField(_("unchanged"), default=0)
    rejected = models.PositiveBigIntegerField(_("rejected"), default=0)
    accounts = models.PositiveBigIntegerField(_("accounts"), default=0)
    progress_done = models.PositiveBigIntegerField(default=0)
    progress_total = models.PositiveBigIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    reconciliation = models.JSONField(_("reconciliation"), default=list)
    rejects_path = models.CharField(max_length=1000, blank=True)
    fault = models.CharField(max_length=30, blank=True)
    fault_details = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("batch")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["profile", "state"], name="ingest_of_profile")]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("ingest:batch", args=[self.pk])

    @property
    def error(self) -> str:
        """What went wrong and what to do, in the reader's language; empty when nothing did."""
        return " ".join(sentences(self.fault, self.fault_details)) if self.fault else ""

    @property
    def seconds(self) -> float:
        """How long the load took; 0 while it runs."""
        if self.started_at is None or self.finished_at is None:
            return 0.0
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def lines(self) -> list[Line]:
        """The reconciliation."""
        return [Line.of(row) for row in self.reconciliation]

    @property
    def file(self) -> Path:
        return Path(self.path)

    @property
    def counts(self) -> dict[str, Any]:
        """The counts by name, as the trail and ``--json`` tell them."""
        names = ("read", "created", "updated", "unchanged", "rejected")
        return {name: getattr(self, name) for name in names}


class MetricsRun(models.Model):
    """One computation of metrics from a file of movements."""

    profile = models.CharField(_("profile"), max_length=40)
    file_name = models.CharField(_("file"), max_length=255)
    actor = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("started by"))
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"))
    first_month = models.DateField(_("first month"))
    through = models.DateField(_("computed through"))
    transactions = models.PositiveBigIntegerField(_("movements"))
    later = models.PositiveBigIntegerField(_("movements after that day"))
    accounts = models.PositiveBigIntegerField(_("accounts"))
    unknown_accounts = models.PositiveBigIntegerField(_("accounts that nobody has"))
    customers = models.PositiveBigIntegerField(_("customers"))
    changed = models.PositiveBigIntegerField(_("months written"))

    class Meta:
        verbose_name = _("computation of metrics")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.finished_at - self.started_at).total_seconds()
