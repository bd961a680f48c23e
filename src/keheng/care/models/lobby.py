"""The queue of an outlet's lobby: tickets by day, who they turned out to be, who called them."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keheng.care.enums.lobby import LobbyService, TicketState
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff


class LobbyTicketQuerySet(models.QuerySet["LobbyTicket"]):
    def visible_to(self, staff: Staff) -> "LobbyTicketQuerySet":
        """Those of the branches in scope; who sees own customers only, those of their own outlet."""
        match staff.scope:
            case DataScope.ALL:
                return self.all()
            case DataScope.SUBTREE:
                return self.filter(branch_id__in=staff.branch_ids)
            case _:
                return self.filter(branch_id=staff.branch_id)


class LobbyTicket(models.Model):
    """Somebody who came in. Without a customer they have not been recognised."""

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("outlet"))
    day = models.DateField(_("day"))
    number = models.PositiveSmallIntegerField(_("ticket number"))
    service = models.CharField(_("business"), max_length=1, choices=LobbyService)
    customer = models.ForeignKey(
        Customer, models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("customer")
    )
    is_priority = models.BooleanField(_("priority"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=TicketState, default=TicketState.WAITING)
    taken_at = models.DateTimeField(_("taken at"))
    called_at = models.DateTimeField(_("called at"), null=True)
    called_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", null=True, verbose_name=_("called by"))
    window = models.CharField(_("window"), max_length=20, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects = LobbyTicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("lobby ticket")
        ordering = ["branch", "day", "number"]
        constraints = [
            models.UniqueConstraint(fields=["branch", "day", "number"], name="care_ticket_number_once"),
            models.UniqueConstraint(
                fields=["called_by"], condition=Q(state=TicketState.SERVING), name="care_one_ticket_served_by_one"
            ),
            models.CheckConstraint(
                condition=Q(state=TicketState.WAITING, called_at__isnull=True, finished_at__isnull=True)
                | Q(state=TicketState.SERVING, called_at__isnull=False, finished_at__isnull=True)
                | Q(state=TicketState.SERVED, called_at__isnull=False, finished_at__isnull=False)
                | Q(state=TicketState.LEFT, finished_at__isnull=False),
                name="care_ticket_times_follow_state",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What stands on the ticket: ``A007``."""
        return f"{self.service}{self.number:03d}"

    def waited(self, at: datetime) -> timedelta:
        """How long they waited until they were called, or have waited until ``at``."""
        return (self.called_at or self.finished_at or at) - self.taken_at
