"""How customers pass from one to another: referrals, hand-overs, and what the customer chose (A3)."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.care.enums.ownership import HandOverState, ReferralState
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Staff


class BetweenQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows that pass from one person to another."""

    def visible_to(self, staff: Staff) -> "BetweenQuerySet[M]":
        """Those in which one has a part, and those of people in scope."""
        if staff.scope == DataScope.ALL:
            return self.all()
        own = Q(giver=staff) | Q(taker=staff)
        if staff.scope == DataScope.SUBTREE:
            own |= Q(giver__branch_id__in=staff.branch_ids) | Q(taker__branch_id__in=staff.branch_ids)
        return self.filter(own)


class Referral(models.Model):
    """Somebody who cannot serve a customer further passes the customer on, and keeps the credit 输送/转介."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    giver = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("referred by"))
    taker = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("referred to"))
    need = models.CharField(_("what the customer needs"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=ReferralState, default=ReferralState.OFFERED)
    passes_on = models.BooleanField(
        _("ownership passes on"), default=False, help_text=_("On acceptance; income stays credited to the referrer.")
    )
    answer = models.CharField(_("answer"), max_length=200, blank=True)
    offered_at = models.DateTimeField(pgettext_lazy("referral", "offered at"))
    answered_at = models.DateTimeField(pgettext_lazy("referral", "answered at"), null=True)
    closed_at = models.DateTimeField(pgettext_lazy("referral", "closed at"), null=True)

    objects = BetweenQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        ordering = ["-offered_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="care_referral_to_another"),
            models.UniqueConstraint(
                fields=["customer", "taker"],
                condition=Q(state__in=[ReferralState.OFFERED, ReferralState.ACCEPTED]),
                name="care_referral_open_once",
            ),
        ]
        indexes = [
            models.Index(fields=["taker", "state"], name="care_referrals_to"),
            models.Index(fields=["giver", "-offered_at"], name="care_referrals_by"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.giver_id}→{self.taker_id}"


class HandOver(models.Model):
    """Customers pass from their owner to another, who accepts them by a deadline and contacts each at once [004a]."""

    giver = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("hand-over", "from"))
    taker = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("hand-over", "to"))
    state = models.CharField(_("state"), max_length=10, choices=HandOverState)
    reason = models.CharField(_("reason"), max_length=200)
    note = models.TextField(_("notes"), max_length=2000, blank=True, help_text=_("What the next owner must know."))
    size = models.PositiveIntegerField(_("customers"))
    offered_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("offered by"))
    offered_at = models.DateTimeField(pgettext_lazy("hand-over", "offered at"))
    accept_by = models.DateField(_("accept by"))
    answer = models.CharField(_("answer"), max_length=200, blank=True)
    answered_at = models.DateTimeField(pgettext_lazy("hand-over", "answered at"), null=True)
    contact_by = models.DateField(_("first contact by"), null=True)

    objects = BetweenQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        ordering = ["-offered_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="care_hand_over_to_another"),
            models.CheckConstraint(condition=Q(size__gt=0), name="care_hand_over_of_somebody"),
        ]
        indexes = [models.Index(fields=["taker", "state"], name="care_hand_overs_to")]

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker}"

    def get_absolute_url(self) -> str:
        return reverse("care:hand-over", args=[self.pk])


class HandOverItem(models.Model):
    """One customer of a hand-over, with what is particular to them; ``moved``: the acceptance took effect for them."""

    hand_over = models.ForeignKey(HandOver, models.CASCADE, related_name="items", verbose_name=_("hand-over"))
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    moved = models.BooleanField(_("moved"), default=False)

    class Meta:
        verbose_name = _("customer of a hand-over")
        constraints = [models.UniqueConstraint(fields=["hand_over", "customer"], name="care_hand_over_item_once")]

    def __str__(self) -> str:
        return f"{self.hand_over_id} {self.customer_id}"


class CustomerChoice(models.Model):
    """Whom a customer chose to be looked after by, such as after a rise of tier: no hard migration [004b2]."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    before = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("owner before"), null=True)
    chosen = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("chosen by the customer"))
    support = models.ForeignKey(
        Staff, models.PROTECT, related_name="+", verbose_name=_("supported by"), null=True, blank=True
    )
    said = models.CharField(_("how the customer said so"), max_length=200)
    recorded_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    at = models.DateTimeField(pgettext_lazy("choice", "at"))

    class Meta:
        verbose_name = _("choice of a customer")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.chosen_id}"
