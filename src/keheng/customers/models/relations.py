"""Who stands in which relation to whom: family, households, guarantees, shares, posts."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from keheng.common.fields import EncryptedTextField
from keheng.customers.enums import RelationKind
from keheng.customers.models.customer import Customer
from keheng.customers.policies.relations import FAMILY, ONE_OF_A_KIND, TURNED

_FAMILY = ", ".join(f"'{kind}'" for kind in sorted(FAMILY))
GIVES_WAY = f"""
    %(goes)s in (gone.customer_id, gone.other_id) and gone.kind in ({_FAMILY}) and gone.ended_on is null and exists (
        select 1 from customers_relation kept
         where %(stays)s in (kept.customer_id, kept.other_id) and kept.kind in ({_FAMILY}) and kept.ended_on is null
           and kept.customer_id + kept.other_id - %(stays)s = gone.customer_id + gone.other_id - %(goes)s)
"""
"""When two archives become one: a family tie of the one that goes to somebody whom the other is tied to as well."""


class Relation(models.Model):
    """``other`` (or a named outsider) is the ``kind`` of ``customer``.

    Between two customers a relation is written once, in the form ``policies.relations.stored``; it shows on both. The
    database refuses a relation to oneself, the same one twice, from both sides, or a second family relation.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    kind = models.CharField(_("relation"), max_length=16, choices=RelationKind)
    other = models.ForeignKey(
        Customer, models.CASCADE, related_name="+", verbose_name=_("customer"), null=True, blank=True
    )
    outsider = models.CharField(_("name"), max_length=120, blank=True)
    outsider_phone = EncryptedTextField(_("phone"), purpose="customers.outsider", null=True, blank=True)
    share = models.DecimalField(_("share in %"), max_digits=5, decimal_places=2, null=True, blank=True)
    started_on = models.DateField(_("start date"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by"), editable=False
    )
    changed_at = models.DateTimeField(_("changed at"), editable=False)

    class Meta:
        verbose_name = _("relation")
        ordering = ["kind", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(customer=F("other")),
                name="customers_relation_not_to_oneself",
                violation_error_message=_("Nobody stands in a relation to themselves."),
            ),
            models.CheckConstraint(
                condition=Q(other__isnull=False, outsider="", outsider_phone__isnull=True)
                | (Q(other__isnull=True) & ~Q(outsider="")),
                name="customers_relation_to_one",
                violation_error_message=_("Name either a customer or somebody else."),
            ),
            models.CheckConstraint(
                condition=Q(other__isnull=True) | ~Q(kind__in=sorted(TURNED)),
                name="customers_relation_stored_form",
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gt=0, share__lte=100),
                name="customers_relation_share",
                violation_error_message=_("A share lies between 0 and 100."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(started_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="customers_relation_forward",
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.UniqueConstraint(
                fields=["customer", "other", "kind"],
                condition=Q(other__isnull=False, ended_on__isnull=True),
                name="customers_relation_once",
                violation_error_message=_("This relation is known already."),
            ),
            models.UniqueConstraint(
                Least("customer", "other"),
                Greatest("customer", "other"),
                condition=Q(kind__in=sorted(FAMILY), other__isnull=False, ended_on__isnull=True),
                name="customers_relation_one_family_tie",
                violation_error_message=_("The two are related in another way already; change that entry first."),
            ),
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(kind__in=sorted(ONE_OF_A_KIND), ended_on__isnull=True),
                name="customers_relation_one_of_a_kind",
                violation_error_message=_("There is one already; end it first."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
