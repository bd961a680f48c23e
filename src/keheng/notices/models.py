"""What people are told, and what they do not want to be told."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.org.models import Staff


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, staff: Staff) -> "NoticeQuerySet":
        """One's own; nobody reads another's."""
        return self.filter(staff=staff)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)


class Notice(models.Model):
    """One sentence told to one person, with the page that it is about. No personal data of customers but a name."""

    staff = models.ForeignKey(
        Staff, models.CASCADE, related_name="+", db_index=False, verbose_name=pgettext_lazy("notice", "to")
    )
    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("notice"), max_length=200)
    body = models.CharField(_("detail"), max_length=400, blank=True)
    url = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(_("time"))
    read_at = models.DateTimeField(_("read at"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["staff", "-at", "-id"], name="notices_of_staff"),
            models.Index(fields=["staff"], condition=Q(read_at=None), name="notices_unread"),
            models.Index(fields=["read_at"], condition=Q(read_at__isnull=False), name="notices_read"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(read_at=None) | Q(read_at__gte=F("at")), name="notices_read_after"),
        ]

    def __str__(self) -> str:
        return self.title


class Muted(models.Model):
    """A kind of notice that a person has switched off."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=60)

    class Meta:
        verbose_name = _("muted kind of notice")
        constraints = [models.UniqueConstraint(fields=["staff", "kind"], name="notices_muted_once")]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.kind}"
