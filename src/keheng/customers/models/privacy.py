"""The desk for personal information: requests of data subjects, refused automated decisions, impact assessments."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import CaseKind, CaseState, IdentityProof, RiskLevel
from keheng.customers.models.customer import Customer
from keheng.org.models import Staff


class PrivacyCaseQuerySet(models.QuerySet["PrivacyCase"]):
    def open(self) -> "PrivacyCaseQuerySet":
        return self.filter(state=CaseState.OPEN)

    def visible_to(self, staff: Staff) -> "PrivacyCaseQuerySet":
        """The cases of the customers whom the member of staff may see."""
        return self.filter(customer__in=Customer.objects.visible_to(staff).order_by().values("pk"))


class PrivacyCase(models.Model):
    """A request of a data subject with its legal clock (PIPL 44–50). The answer holds no personal value."""

    number = models.CharField(_("case number"), max_length=20, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    kind = models.CharField(_("request"), max_length=12, choices=CaseKind)
    state = models.CharField(_("state"), max_length=10, choices=CaseState, default=CaseState.OPEN)
    proof = models.CharField(_("identity shown by"), max_length=10, choices=IdentityProof)
    wish = models.CharField(_("what is asked for"), max_length=300, blank=True)
    received_at = models.DateTimeField(_("received at"))
    due_on = models.DateField(_("answer by"))
    extended = models.CharField(_("why extended"), max_length=200, blank=True)
    actor = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("received by"))
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_by = models.ForeignKey(
        Staff, models.PROTECT, related_name="+", verbose_name=_("answered by"), null=True, blank=True
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = PrivacyCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("privacy request")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=CaseState.OPEN, answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(state=CaseState.OPEN) & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="customers_case_answered_whole",
            ),
            models.UniqueConstraint(
                fields=["customer", "kind"], condition=Q(state=CaseState.OPEN), name="customers_case_open_once"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="customers_case_due")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """The page of the request."""
        return reverse("archive:case", args=[self.pk])


class AutomatedRefusal(models.Model):
    """The customer refuses decisions by automated means (PIPL 24); there is a row only where it is so."""

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("customer")
    )
    case = models.ForeignKey(PrivacyCase, models.PROTECT, related_name="+", verbose_name=_("case"))
    since = models.DateTimeField(_("refused since"))

    class Meta:
        verbose_name = _("refusal of automated decisions")

    def __str__(self) -> str:
        return str(self.customer)


class ImpactAssessment(models.Model):
    """A personal-information protection impact assessment (PIPL 55–56): kept at least three years."""

    title = models.CharField(_("title"), max_length=80)
    processing = models.CharField(_("what is done with personal data"), max_length=500)
    necessity = models.CharField(_("purpose, lawfulness and necessity"), max_length=500)
    risks = models.CharField(_("effects on people and risks"), max_length=500)
    measures = models.CharField(_("measures of protection"), max_length=500)
    level = models.CharField(_("remaining risk"), max_length=6, choices=RiskLevel)
    assessed_on = models.DateField(_("assessed on"))
    keep_until = models.DateField(_("kept until"))
    assessor = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("assessed by"))
    recorded_at = models.DateTimeField(_("recorded at"), editable=False)

    class Meta:
        verbose_name = _("impact assessment")
        ordering = ["-assessed_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(keep_until__gt=F("assessed_on")), name="customers_assessment_kept")
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Records are added, not changed."""
        if self.pk is not None and not self._state.adding:
            raise TypeError("an impact assessment is a record: add a new one")
        super().save(*args, **kwargs)
