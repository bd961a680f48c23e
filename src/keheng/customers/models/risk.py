"""Risk assessment (A1; decision 22): questionnaires in versions, and what customers answered."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import AssessmentChannel, CustomerKind, DraftState, RiskGrade
from keheng.customers.models.customer import Customer
from keheng.org.models import Staff


class Questionnaire(models.Model):
    """One version of a questionnaire. Versions never change: assessments name theirs as their reason."""

    kind = models.CharField(_("for"), max_length=8, choices=CustomerKind)
    number = models.PositiveIntegerField(_("version"))
    valid_from = models.DateField(_("valid from"))
    definition = models.JSONField(_("questions"))

    class Meta:
        verbose_name = _("risk questionnaire")
        ordering = ["kind", "-number"]
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="customers_questionnaire_once")]
        triggers = [pgtrigger.Protect(name="versions_stay", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} v{self.number}"


class QuestionnaireDraft(models.Model):
    """The next version of a questionnaire in the making; one a kind at a time. A second person publishes it."""

    kind = models.CharField(_("for"), max_length=8, choices=CustomerKind)
    definition = models.JSONField(_("questions"))
    state = models.CharField(_("state"), max_length=10, choices=DraftState, default=DraftState.OPEN)
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("made by"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("draft of a risk questionnaire")
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(state__in=[DraftState.OPEN, DraftState.ASKED]),
                name="customers_one_draft_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("archive:questionnaire-draft", args=[self.pk])


class Assessment(models.Model):
    """What a customer answered on a day, and the grade that follows; the newest is the current one."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="assessments", db_index=False)
    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="+", verbose_name=_("questionnaire"))
    answers = models.JSONField(_("answers"))
    score = models.DecimalField(_("score"), max_digits=6, decimal_places=2)
    tolerance = models.DecimalField(_("tolerance"), max_digits=5, decimal_places=2, help_text=_("0 to 100"))
    preference = models.DecimalField(_("preference"), max_digits=5, decimal_places=2, help_text=_("0 to 100"))
    grade = models.CharField(_("risk grade"), max_length=2, choices=RiskGrade)
    is_minimum = models.BooleanField(_("lowest risk tolerance"), default=False)
    taken_on = models.DateField(_("taken on"))
    valid_until = models.DateField(_("valid until"))
    channel = models.CharField(_("taken"), max_length=8, choices=AssessmentChannel)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("taken by"), db_index=False)
    at = models.DateTimeField(_("recorded at"))
    is_current = models.BooleanField(_("current"), default=True)

    class Meta:
        verbose_name = _("risk assessment")
        ordering = ["-taken_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_current=True), name="customers_one_current_assessment"
            ),
            models.CheckConstraint(condition=Q(valid_until__gt=F("taken_on")), name="customers_assessment_period"),
            models.CheckConstraint(
                condition=Q(is_minimum=False) | Q(grade=RiskGrade.C1), name="customers_minimum_is_c1"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-taken_on", "-id"], name="customers_assessments_of"),
            models.Index(fields=["valid_until"], condition=Q(is_current=True), name="customers_assessments_end"),
        ]

    def __str__(self) -> str:
        return f"{self.grade} {self.taken_on}"
