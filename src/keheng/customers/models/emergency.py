"""Archives opened in an emergency 紧急调阅: for a limited time, with a reason, reviewed afterwards (A15)."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import Verdict
from keheng.org.models import Staff

EMERGENCY = "customers.emergency"
REVIEW_EMERGENCY = "customers.review_emergency"
_KEPT = "_archives_opened_in_emergency"


class EmergencyAccessQuerySet(models.QuerySet["EmergencyAccess"]):
    def open(self) -> "EmergencyAccessQuerySet":
        """Those that let somebody in right now, by the database's clock."""
        return self.filter(expires_at__gt=Now())

    def visible_to(self, staff: Staff) -> "EmergencyAccessQuerySet":
        """All of them to those who review; whoever opened an archive sees their own."""
        return self if staff.can(REVIEW_EMERGENCY) else self.filter(actor=staff)

    def unreviewed(self) -> "EmergencyAccessQuerySet":
        return self.filter(verdict="")


class EmergencyAccess(models.Model):
    """One member of staff may read one archive beyond clearance and scope until ``expires_at``."""

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"))
    actor = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("opened by"))
    reason = models.CharField(_("reason"), max_length=200)
    opened_at = models.DateTimeField(_("opened at"))
    expires_at = models.DateTimeField(_("open until"), help_text=_("moved forward when it is ended early"))
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict, blank=True)
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    reviewed_by = models.ForeignKey(
        Staff, models.PROTECT, related_name="+", verbose_name=_("reviewed by"), null=True, blank=True
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)

    objects = EmergencyAccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("emergency access")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gte=F("opened_at")), name="customers_emergency_forward"),
            models.CheckConstraint(
                condition=Q(verdict="", reviewed_by__isnull=True, reviewed_at__isnull=True)
                | (~Q(verdict="") & Q(reviewed_by__isnull=False, reviewed_at__isnull=False)),
                name="customers_emergency_reviewed_whole",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("actor")),
                name="customers_emergency_reviewed_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["actor", "expires_at"], name="customers_emergency_open"),
            models.Index(fields=["-opened_at", "-id"], name="customers_emergency_recent"),
        ]

    def __str__(self) -> str:
        return str(self.customer)

    def get_absolute_url(self) -> str:
        """The page of the access and its review."""
        return reverse("archive:emergency", args=[self.pk])


def opened_to(staff: Staff) -> frozenset[int]:
    """The archives that are open to somebody in an emergency; one query, kept for the life of the object (a request).

    Whoever may not open archives so has none and costs no query.
    """
    if not staff.can(EMERGENCY):
        return frozenset()
    found: frozenset[int] | None = staff.__dict__.get(_KEPT)
    if found is None:
        found = frozenset(EmergencyAccess.objects.open().filter(actor=staff).values_list("customer_id", flat=True))
        staff.__dict__[_KEPT] = found
    return found


def forget_opened(staff: Staff) -> None:
    """Ask again the next time: something was opened or ended."""
    staff.__dict__.pop(_KEPT, None)
