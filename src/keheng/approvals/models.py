"""Requests for a second person's consent, what was done to them, and the limits that say who may consent."""

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.approvals.enums import Act, State
from keheng.approvals.policies import Reach
from keheng.common.fields import MoneyField
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Role, Staff

ANY_KIND = ""


class LimitTable(models.Model):
    """One version of the limits of a kind (``""``: of every kind without a table of its own). It never changes."""

    kind = models.CharField(pgettext_lazy("request for approval", "kind"), max_length=60, blank=True)
    number = models.PositiveIntegerField(_("version"))
    valid_from = models.DateField(_("valid from"))
    due_days = models.PositiveSmallIntegerField(_("working days to decide"))
    lapse_days = models.PositiveSmallIntegerField(_("working days until it expires"), null=True, blank=True)
    note = models.CharField(_("reason or source"), max_length=200, blank=True)
    set_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("set by"))
    set_at = models.DateTimeField(_("set at"))

    class Meta:
        verbose_name = _("table of limits")
        ordering = ["kind", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="approvals_table_once"),
            models.CheckConstraint(condition=Q(due_days__gte=1), name="approvals_table_due"),
            models.CheckConstraint(
                condition=Q(lapse_days=None) | Q(lapse_days__gte=F("due_days")), name="approvals_table_lapse"
            ),
        ]
        triggers = [pgtrigger.Protect(name="stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind or '*'} v{self.number}"


class Limit(models.Model):
    """How far one role may approve; ``level`` is its place in the order in which overdue requests rise."""

    table = models.ForeignKey(LimitTable, models.CASCADE, related_name="limits", verbose_name=_("table of limits"))
    level = models.PositiveSmallIntegerField(_("level"))
    role = models.ForeignKey(Role, models.PROTECT, related_name="+", verbose_name=_("role"))
    max_amount = MoneyField(_("up to the amount"), null=True, blank=True)
    max_rank = models.PositiveSmallIntegerField(_("up to the rank"), null=True, blank=True)
    scope = models.CharField(_("branches"), max_length=8, choices=DataScope, default=DataScope.SUBTREE)

    class Meta:
        verbose_name = _("approval limit")
        ordering = ["table", "level", "role__order"]
        constraints = [
            models.UniqueConstraint(fields=["table", "role"], name="approvals_limit_once"),
            models.CheckConstraint(
                condition=Q(scope__in=[DataScope.SUBTREE, DataScope.ALL]), name="approvals_limit_scope"
            ),
            models.CheckConstraint(condition=Q(max_amount=None) | Q(max_amount__gte=0), name="approvals_limit_amount"),
        ]
        triggers = [pgtrigger.Protect(name="stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.table_id} {self.level} {self.role_id}"

    @property
    def reach(self) -> Reach:
        return Reach(self.max_amount, self.max_rank)


class RequestQuerySet(models.QuerySet["Request"]):
    def decidable_by(self, staff: Staff) -> "RequestQuerySet":
        """Open requests that lie within the limits of the role, in its branches, and are not the person's own."""
        return self.filter(state=State.OPEN).exclude(requester=staff).filter(_within_limits(staff))

    def waiting_for(self, staff: Staff) -> "RequestQuerySet":
        """The inbox: what the person may decide and whose level the request has reached."""
        reached = _within_limits(staff, level__lte=OuterRef("level"))
        return self.filter(state=State.OPEN).exclude(requester=staff).filter(reached)

    def visible_to(self, staff: Staff) -> "RequestQuerySet":
        """One's own, what one decided or may decide; with ``approvals.oversee`` all of the branches in scope."""
        seen = Q(requester=staff) | Q(decided_by=staff) | (Q(state=State.OPEN) & _within_limits(staff))
        if staff.can("approvals.oversee"):
            if staff.scope == DataScope.ALL:
                return self.all()
            seen |= Q(branch_id__in=staff.branch_ids)
        return self.filter(seen)


def _within_limits(staff: Staff, **more: object) -> Q:
    """A condition on requests: a limit of the role covers amount, rank and branch."""
    limits = Limit.objects.filter(table=OuterRef("table"), role=staff.role_id, **more)
    limits = limits.filter(Q(max_amount=None) | Q(max_amount__gte=Coalesce(OuterRef("amount"), Value(0))))
    limits = limits.filter(Q(max_rank=None) | Q(max_rank__gte=Coalesce(OuterRef("rank"), Value(0))))
    below = Q(branch__path__startswith=staff.branch.path)
    return Q(Exists(limits.filter(scope=DataScope.ALL))) | (below & Q(Exists(limits)))


class Request(models.Model):
    """Somebody asks for a second person's consent. The subject stands as type, number, name and address."""

    kind = models.CharField(pgettext_lazy("request for approval", "kind"), max_length=60)
    title = models.CharField(pgettext_lazy("request for approval", "what is asked for"), max_length=160)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    subject_type = models.CharField(_("record type"), max_length=60, blank=True)
    subject_id = models.BigIntegerField(_("record number"), null=True)
    subject_label = models.CharField(_("concerning"), max_length=120, blank=True)
    subject_url = models.CharField(max_length=200, blank=True)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    amount = MoneyField(_("amount"), null=True)
    rank = models.PositiveSmallIntegerField(pgettext_lazy("request for approval", "rank"), null=True)
    payload = models.JSONField(pgettext_lazy("request for approval", "evidence"), default=dict)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    requester = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    requested_at = models.DateTimeField(_("asked at"))
    table = models.ForeignKey(LimitTable, models.PROTECT, related_name="+", verbose_name=_("table of limits"))
    level = models.PositiveSmallIntegerField(_("level"))
    due_at = models.DateTimeField(_("to be decided by"))
    lapses_at = models.DateTimeField(_("expires at"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        Staff,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("request for approval", "decided by"),
    )
    answer = models.CharField(pgettext_lazy("request for approval", "answer"), max_length=300, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for approval")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state=State.OPEN), name="approvals_open"),
            models.Index(fields=["requester", "-id"], name="approvals_of_requester"),
            models.Index(fields=["subject_type", "subject_id"], name="approvals_of_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.OPEN, decided_at=None) | (~Q(state=State.OPEN) & Q(decided_at__isnull=False)),
                name="approvals_request_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.APPROVED, State.REFUSED]) | ~Q(decided_by=F("requester")),
                name="approvals_request_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("approvals:request", args=[self.pk])


class Step(models.Model):
    """One act on a request after it was asked. Append-only."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="steps", verbose_name=_("request for approval"))
    act = models.CharField(_("act"), max_length=10, choices=Act)
    actor = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("by"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    level = models.PositiveSmallIntegerField(_("level"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("step of a request")
        ordering = ["request", "id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.request_id} {self.act}"
