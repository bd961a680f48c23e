"""Fields that an installation adds to the archive without a migration."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import CustomerKind, CustomType
from keheng.customers.models.customer import Customer


class CustomField(models.Model):
    """The definition of one added field. Its code never changes and it is retired, not deleted: values stay."""

    code = models.CharField(
        _("code"),
        max_length=30,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*$", _("Small letters, digits and _, a letter first."))],
    )
    label = models.CharField(_("label"), max_length=40)
    type = models.CharField(_("type"), max_length=8, choices=CustomType)
    choices = ArrayField(models.CharField(max_length=40), verbose_name=_("choices"), default=list, blank=True)
    section = models.CharField(_("section"), max_length=20)
    kind = models.CharField(
        _("for whom"), max_length=8, choices=CustomerKind, blank=True, help_text=_("empty: all customers")
    )
    hint = models.CharField(_("hint"), max_length=120, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    is_required = models.BooleanField(_("required"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("custom field")
        ordering = ["section", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=[CustomType.ONE, CustomType.SEVERAL], choices__len__gt=0)
                | (~Q(type__in=[CustomType.ONE, CustomType.SEVERAL]) & Q(choices=[])),
                name="customers_choices_where_chosen",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class CustomValue(models.Model):
    """What a customer's archive says in an added field; no row where it says nothing."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="custom_values", db_index=False)
    field = models.ForeignKey(CustomField, models.PROTECT, related_name="+")
    value = models.JSONField(_("value"))

    class Meta:
        verbose_name = _("value of a custom field")
        constraints = [models.UniqueConstraint(fields=["customer", "field"], name="customers_custom_value_once")]

    def __str__(self) -> str:
        return str(self.field)
