"""The rules of complaints, as versions that never change."""

from typing import ClassVar

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from keheng.complaints.enums import RuleSet
from keheng.complaints.policies.rules import Rules, read
from keheng.versions.models import VersionByTwo, by_two


class RuleVersion(VersionByTwo):
    """One set of rules from a day on. Complaints keep the versions that they were registered under."""

    rule_set = models.CharField(_("set of rules"), max_length=10, choices=RuleSet)
    valid_from = models.DateField(_("valid from"))
    set_at = models.DateTimeField(_("set at"), null=True)

    class Meta(VersionByTwo.Meta):
        verbose_name = _("rules of complaints")
        ordering = ["rule_set", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["rule_set", "number"], name="complaints_rule_version"),
            by_two("complaints_rules_by_two"),
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_set_display()} v{self.number}"

    @cached_property
    def rules(self) -> Rules:
        """What the version says, as values."""
        return read(self.definition)
