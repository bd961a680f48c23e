"""The forms that complete an archive (A1, 002): 重点推送报告反馈表 and 流失客户档案表 with its follow-up."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common.fields import MoneyField
from keheng.customers.enums import Acceptance, LossCause, PushChannel
from keheng.customers.models.dossier import DossierEntry
from keheng.org.models import Staff


class PushFeedback(DossierEntry):
    """How a customer took up one pushed report; filled in on the day of the push (A5)."""

    report = models.CharField(_("report"), max_length=120)
    pushed_on = models.DateField(_("pushed on"))
    channel = models.CharField(_("channel"), max_length=10, choices=PushChannel)
    acceptance = models.CharField(_("acceptance"), max_length=8, choices=Acceptance)
    traded = MoneyField(_("traded amount"), null=True, blank=True)

    class Meta:
        verbose_name = _("feedback on a pushed report")
        ordering = ["customer", "-pushed_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(traded__isnull=True) | Q(traded__gte=0),
                name="customers_traded_not_negative",
                violation_error_message=_("An amount is not negative."),
            ),
        ]

    def __str__(self) -> str:
        return self.report


class LossFile(DossierEntry):
    """A lost customer, while they are followed up; who they are stands in the archive and only there (A8).

    ``tier``, ``assets`` and ``server`` (the member of staff who served them) are as they were at the loss.
    """

    lost_on = models.DateField(pgettext_lazy("lost customer", "lost on"))
    assets = MoneyField(_("assets at the loss"))
    tier = models.CharField(_("class at the loss"), max_length=12, blank=True, editable=False)
    server = models.ForeignKey(
        Staff, models.PROTECT, related_name="+", verbose_name=_("service employee"), null=True, editable=False
    )
    cause = models.CharField(_("kind of cause"), max_length=10, choices=LossCause)
    reason = models.CharField(_("main reason of the loss"), max_length=300)
    won_back_on = models.DateField(_("won back on"), null=True, blank=True)

    class Meta:
        verbose_name = _("file of a lost customer")
        ordering = ["customer", "-lost_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(won_back_on__isnull=True),
                name="customers_one_open_loss",
                violation_error_message=_("The file of this lost customer is open already: add what follows to it."),
            ),
            models.CheckConstraint(
                condition=Q(won_back_on__isnull=True) | Q(won_back_on__gte=F("lost_on")),
                name="customers_won_back_later",
                violation_error_message=_("Nobody is won back before they are lost."),
            ),
            models.CheckConstraint(
                condition=Q(assets__gte=0),
                name="customers_loss_not_negative",
                violation_error_message=_("An amount is not negative."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lost_on:%Y-%m-%d}"


class LossContact(DossierEntry):
    """One contact with a lost customer: when, by whom, about what, how the customer reacted (后续联系记录)."""

    file = models.ForeignKey(LossFile, models.CASCADE, related_name="contacts", editable=False)
    contacted_on = models.DateField(_("contacted on"))
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("employee"), editable=False)
    content = models.CharField(_("what was talked about"), max_length=300)
    reaction = models.CharField(_("reaction"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("contact with a lost customer")
        ordering = ["file", "contacted_on", "pk"]

    def __str__(self) -> str:
        return f"{self.contacted_on:%Y-%m-%d}"
