"""The rules of complaints, as versions that never change."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.complaints.enums import RuleSet
from keheng.complaints.policies.rules import Rules, read
from keheng.org.models import Staff


class RuleVersion(models.Model):
    """One set of rules from a day on: proposed by one person, put into force by another (A15).

    Complaints keep the versions that they were registered under.
    """

    rule_set = models.CharField(_("set of rules"), max_length=10, choices=RuleSet)
    number = models.PositiveIntegerField(_("version"))
    valid_from = models.DateField(_("valid from"))
    definition = models.JSONField(pgettext_lazy("complaint", "definition"))
    note = models.CharField(_("reason or source"), max_length=200, blank=True)
    proposed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("proposed by"))
    set_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("set by"))
    set_at = models.DateTimeField(_("set at"), null=True)

    class Meta:
        verbose_name = _("rules of complaints")
        ordering = ["rule_set", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["rule_set", "number"], name="complaints_rule_version"),
            models.CheckConstraint(
                condition=models.Q(set_by=None) | ~models.Q(set_by=models.F("proposed_by")),
                name="complaints_rules_by_two",
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_rule_set_display()} v{self.number}"

    @cached_property
    def rules(self) -> Rules:
        """What the version says, as values."""
        return read(self.definition)
