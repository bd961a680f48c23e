"""Moves that wait for somebody's approval, and customers whom no downgrade touches."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common.fields import MoneyField
from keheng.customers.models import Customer
from keheng.org.models import Branch, Staff
from keheng.tiering.enums import Direction, ProposalState, ProtectionState
from keheng.tiering.models.run import Run
from keheng.tiering.models.scheme import Scheme
from keheng.tiering.models.standing import Evidence, ScopedQuerySet


class Proposal(Evidence):
    """A move that an evaluation found due and somebody must approve (decision 5, A2 升降审批).

    ``observed`` is what it rests on: ``[{"day", "tier", "value"}]``, the month ends and the day of the evaluation.
    The request for approval names the proposal as its subject.
    """

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="+", db_index=False, verbose_name=_("scheme"))
    run = models.ForeignKey(Run, models.CASCADE, related_name="+", db_index=False, verbose_name=_("evaluation"))
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", db_index=False, verbose_name=_("branch"))
    direction = models.CharField(_("direction"), max_length=4, choices=Direction)
    from_tier = models.CharField(_("from"), max_length=12, db_collation="C")
    to_tier = models.CharField(_("to"), max_length=12, db_collation="C")
    from_rank = models.SmallIntegerField(_("rank"))
    to_rank = models.SmallIntegerField(_("rank"))
    aum = MoneyField(_("AUM"))
    observed = models.JSONField(_("observed"), default=list)
    state = models.CharField(_("state"), max_length=8, choices=ProposalState, default=ProposalState.OPEN)
    proposed_on = models.DateField(pgettext_lazy("tier move", "proposed on"))
    decided_on = models.DateField(pgettext_lazy("tier move", "decided on"), null=True)
    effective_on = models.DateField(pgettext_lazy("tier move", "in effect from"), null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed move")
        ordering = ["-id"]
        indexes = [models.Index(fields=["run", "id"], name="tiering_proposals_of_run")]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "customer"],
                condition=models.Q(state__in=[ProposalState.OPEN, ProposalState.PENDING]),
                name="tiering_one_open_proposal",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ProposalState.PENDING) | models.Q(effective_on__isnull=False),
                name="tiering_pending_has_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ProposalState.OPEN, decided_on=None)
                | (~models.Q(state=ProposalState.OPEN) & models.Q(decided_on__isnull=False)),
                name="tiering_proposal_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.from_tier}→{self.to_tier}"


class Protected(models.Model):
    """A customer whom no downgrade of a scheme touches until a date, with the reason and a second person's consent.

    ``source`` names the file of an imported list. The request for approval names the protection as its subject.
    """

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="+", db_index=False, verbose_name=_("scheme"))
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    reason = models.CharField(_("reason"), max_length=200)
    until = models.DateField(pgettext_lazy("protection", "until"))
    state = models.CharField(_("state"), max_length=8, choices=ProtectionState)
    source = models.CharField(pgettext_lazy("protection", "from the list"), max_length=120, blank=True)
    ended_on = models.DateField(pgettext_lazy("protection", "ended on"), null=True)
    set_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("protection", "by"))
    set_at = models.DateTimeField(pgettext_lazy("protection", "at"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("protected customer")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "customer"],
                condition=models.Q(state__in=[ProtectionState.WAITING, ProtectionState.IN_FORCE]),
                name="tiering_protected_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ProtectionState.ENDED, ended_on__isnull=False)
                | (~models.Q(state=ProtectionState.ENDED) & models.Q(ended_on__isnull=True)),
                name="tiering_protection_ended",
            ),
        ]

    def __str__(self) -> str:
        return str(self.customer)
