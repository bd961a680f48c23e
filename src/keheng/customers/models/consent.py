"""What customers have consented to, and withdrawn, act by act (PIPL 13–16, 29, 31)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keheng.common.fields import EncryptedTextField
from keheng.customers.enums import ConsentHow
from keheng.customers.models.customer import Customer
from keheng.org.models import Staff


class ConsentQuerySet(models.QuerySet["Consent"]):
    def current(self) -> "ConsentQuerySet":
        """The last word of each customer on each purpose."""
        return self.filter(superseded_at__isnull=True)


class Consent(models.Model):
    """One act: from ``given_at`` on the customer agrees to be dealt with for a purpose by these channels.

    No channel: withdrawn. The next act on the purpose supersedes this one, which stays as history.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", db_index=False, verbose_name=_("customer"))
    purpose = models.CharField(_("purpose"), max_length=30, help_text=_("code of a purpose in the privacy rules"))
    channels = ArrayField(models.CharField(max_length=12), verbose_name=_("channels"), default=list)
    text_version = models.PositiveSmallIntegerField(_("version of the text"))
    how = models.CharField(_("how"), max_length=10, choices=ConsentHow)
    evidence = models.CharField(_("evidence"), max_length=80, blank=True, help_text=_("number of the form, recording"))
    guardian = EncryptedTextField(_("guardian"), purpose="customers.guardian", null=True, blank=True)
    actor = models.ForeignKey(Staff, models.PROTECT, related_name="+", db_index=False, verbose_name=_("recorded by"))
    given_at = models.DateTimeField(_("given at"))
    superseded_at = models.DateTimeField(_("superseded at"), null=True, editable=False)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "purpose"],
                condition=Q(superseded_at__isnull=True),
                name="customers_consent_current",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("given_at")),
                name="customers_consent_forward",
            ),
        ]
        indexes = [models.Index(fields=["customer", "-given_at"], name="customers_consent_history")]

    def __str__(self) -> str:
        return self.purpose
