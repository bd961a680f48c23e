"""How a customer is reached."""

import pghistory
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from keheng.common.fields import EncryptedTextField
from keheng.customers.enums import ContactKind
from keheng.customers.models.customer import Customer


@pghistory.track(  # each row as it was, as of customers
    pghistory.UpdateEvent(level=pghistory.Statement, row=pghistory.Old),
    pghistory.DeleteEvent(level=pghistory.Statement),
    exclude=["value_index", "value_tail", "updated_at"],
    obj_field=pghistory.ObjForeignKey(related_name="+"),
    meta={"indexes": [models.Index(fields=["customer", "-pgh_id"], name="customers_contact_history")]},
)
class ContactPoint(models.Model):
    """A way to reach a customer. The value is encrypted; index and tail serve exact search and search by tail."""

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="contact_points", db_index=False, db_constraint=False
    )
    kind = models.CharField(_("kind"), max_length=8, choices=ContactKind)
    value = EncryptedTextField(_("value"), purpose="customers.contact")
    value_index = models.BinaryField(editable=False)
    value_tail = models.IntegerField(editable=False)
    is_primary = models.BooleanField(_("first choice"), default=True)
    preferred_time = models.CharField(_("preferred time"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=40, blank=True)
    updated_at = models.DateTimeField(_("changed at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("contact point")
        ordering = ["customer", "-is_primary", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "value_index"], name="customers_contact_once"),
        ]
        indexes = [
            models.Index(fields=["value_tail", "value_index"], name="customers_by_contact"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
