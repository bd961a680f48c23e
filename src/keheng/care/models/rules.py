"""Rules of care as data: whole, numbered versions of a topic's rules; the newest is in force."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from keheng.care.enums.tasks import RuleTopic
from keheng.org.models import Staff


class RuleVersion(models.Model):
    """One version of the rules of a topic. Versions are added, never changed: results keep the one that made them."""

    topic = models.CharField(_("topic"), max_length=20, choices=RuleTopic)
    number = models.PositiveIntegerField(_("version"))
    content = models.JSONField(_("rules"))
    reason = models.CharField(_("reason"), max_length=200)
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("in force since"))

    class Meta:
        verbose_name = _("version of the care rules")
        ordering = ["topic", "-number"]
        constraints = [models.UniqueConstraint(fields=["topic", "number"], name="care_rules_once")]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_topic_display()} {self.number}"
