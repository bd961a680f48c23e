"""Where the values of an archive come from, and values that wait to be taken over."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keheng.common.fields import EncryptedTextField
from keheng.customers.enums import Source, SuggestionState
from keheng.customers.models.customer import Customer
from keheng.org.models import Staff


class Provenance(models.Model):
    """Who told one value, and when. A row only for values that people set or accepted: all others are the feed's.

    While a row stands, no feed writes over the value; what it says differently becomes a suggestion.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="provenance", db_index=False)
    field = models.CharField(_("field"), max_length=40, db_collation="C")
    source = models.CharField(_("source"), max_length=8, choices=Source)
    by = models.CharField(_("recorded by"), max_length=80, blank=True)
    at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("provenance")
        constraints = [models.UniqueConstraint(fields=["customer", "field"], name="customers_provenance_once")]

    def __str__(self) -> str:
        return f"{self.field}: {self.get_source_display()}"


class Suggestion(models.Model):
    """A value that somebody or some feed knows of and that nobody has decided on yet (A1: updating).

    The value is sealed, whatever field it is for; ``value_key`` tells equal ones apart without opening them.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="suggestions", db_index=False)
    field = models.CharField(_("field"), max_length=40, db_collation="C")
    value = EncryptedTextField(_("suggested value"), purpose="customers.suggestion")
    value_key = models.BinaryField(editable=False)
    source = models.CharField(_("source"), max_length=8, choices=Source)
    by = models.CharField(_("told by"), max_length=80, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    at = models.DateTimeField(_("told at"))
    state = models.CharField(_("state"), max_length=10, choices=SuggestionState, default=SuggestionState.OPEN)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by"), db_index=False
    )

    class Meta:
        verbose_name = _("suggested update")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "field", "value_key"],
                condition=Q(state=SuggestionState.OPEN),
                name="customers_suggested_once",
            ),
            models.CheckConstraint(
                condition=Q(state=SuggestionState.OPEN, decided_at__isnull=True)
                | (~Q(state=SuggestionState.OPEN) & Q(decided_at__isnull=False)),
                name="customers_suggestion_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "field", "state"], name="customers_suggestion_of"),
            models.Index(fields=["-at", "-id"], condition=Q(state=SuggestionState.OPEN), name="customers_suggestions"),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.get_source_display()}"
