"""Keeping archives fresh (A1): what must be reviewed, why, until when, and what came of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keheng.customers.archive import triggers
from keheng.customers.enums import ArchiveClass, ReviewOutcome
from keheng.customers.models.customer import Customer
from keheng.org.models import Staff


class Review(models.Model):
    """An archive, or a part of it, that somebody must look at; open until it has an outcome."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="reviews", db_index=False)
    archive_class = models.CharField(_("archive class"), max_length=12, choices=ArchiveClass)
    trigger = models.CharField(_("reason"), max_length=20, db_collation="C")
    fields = ArrayField(models.CharField(max_length=40), verbose_name=_("fields"), default=list, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    at_counter = models.BooleanField(_("remind at the counter"), default=False)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.CharField(_("opened by"), max_length=80, blank=True)
    due_on = models.DateField(_("due on"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=ReviewOutcome, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by"), db_index=False
    )

    class Meta:
        verbose_name = _("archive review")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "archive_class", "trigger"],
                condition=Q(outcome=""),
                name="customers_one_open_review",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", closed_at__isnull=True) | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name="customers_review_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], condition=Q(outcome=""), name="customers_reviews_due"),
            models.Index(
                fields=["customer", "archive_class", "-closed_at"], condition=~Q(outcome=""), name="customers_reviewed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_archive_class_display()}: {self.trigger}"

    @property
    def reason(self) -> str:
        """Why it is open, in words."""
        return triggers.name_of(self.trigger)
