"""Agenda templates (A4, decision 15): the working day as data, in numbered versions, and which branch follows which."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keheng.org.models import Branch
from keheng.versions.models import VersionByOne


class AgendaTemplate(models.Model):
    """A plan of the working day. Its slots stand in its versions; the newest is in force."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("agenda template")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class AgendaVersion(VersionByOne):
    """The slots of a template as of one version: ``[{begins, ends, title, activity, note}]``."""

    template = models.ForeignKey(
        AgendaTemplate, models.CASCADE, related_name="versions", verbose_name=_("agenda template")
    )
    slots = models.JSONField(_("slots"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta(VersionByOne.Meta):
        verbose_name = _("version of an agenda")
        ordering = ["template", "-number"]
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="care_agenda_version_once")]

    def __str__(self) -> str:
        return f"{self.template_id} {self.number}"


class AgendaChoice(models.Model):
    """The template that a branch, and those below it without a choice of their own, works by."""

    branch = models.OneToOneField(Branch, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("branch"))
    template = models.ForeignKey(AgendaTemplate, models.PROTECT, related_name="+", verbose_name=_("agenda template"))

    class Meta:
        verbose_name = _("agenda of a branch")

    def __str__(self) -> str:
        return f"{self.branch_id} {self.template_id}"
