"""Rules of care as data: whole, numbered versions of a topic's rules; the newest is in force."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keheng.care.enums.tasks import RuleTopic
from keheng.versions.models import RulesByOne


class RuleVersion(RulesByOne):
    """One version of the rules of a topic."""

    topic = models.CharField(_("topic"), max_length=20, choices=RuleTopic)

    class Meta(RulesByOne.Meta):
        verbose_name = _("version of the care rules")
        ordering = ["topic", "-number"]
        constraints = [models.UniqueConstraint(fields=["topic", "number"], name="care_rules_once")]

    def __str__(self) -> str:
        return f"{self.get_topic_display()} v{self.number}"
