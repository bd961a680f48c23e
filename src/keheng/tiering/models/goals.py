"""The goals of a scheme, as versions."""

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from keheng.org.models import Staff
from keheng.tiering.models.scheme import Scheme
from keheng.tiering.policies.goals import GoalTable


class Goals(models.Model):
    """A version of what a scheme's tiers are to become (A2 [004d], [004j]); once made it never changes."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="goals", verbose_name=_("scheme"))
    number = models.PositiveIntegerField(_("version"))
    definition = models.JSONField(_("definition"))
    note = models.CharField(_("what changes and why"), max_length=200)
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", null=True, verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"), null=True)

    class Meta:
        verbose_name = _("goals of tiers")
        ordering = ["scheme", "-number"]
        constraints = [models.UniqueConstraint(fields=["scheme", "number"], name="tiering_goals_once")]

    def __str__(self) -> str:
        return f"{self.scheme_id} v{self.number}"

    @cached_property
    def table(self) -> GoalTable:
        return GoalTable.model_validate(self.definition)
