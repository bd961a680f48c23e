"""Branches, staff, roles and service calendars."""

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from keheng.org.enums import BranchKind, DataScope, DayKind, TokenState

BRANCH_CODE = r"^[A-Za-z0-9_-]+\Z"
SYSTEM_USERNAME = "system"
STATUTORY = "法定节假日（调休安排待公布）"
"""The source of days off that the law names, in years whose arrangement is not published yet."""


class BranchQuerySet(models.QuerySet["Branch"]):
    def subtree_of(self, branch: "Branch") -> "BranchQuerySet":
        """The branch itself and all below it."""
        return self.filter(path__startswith=branch.path)

    def visible_to(self, staff: "Staff") -> "BranchQuerySet":
        """The branches whose figures the member of staff may see."""
        if staff.scope == DataScope.ALL:
            return self.all()
        return self.subtree_of(staff.branch)


class Branch(models.Model):
    """A node of the organisation tree. ``path`` joins the codes from the root (``"HO/WZ/OB/"``).

    A branch without a calendar of its own follows the nearest one above that has one.
    """

    code = models.CharField(
        _("code"), max_length=20, unique=True, validators=[RegexValidator(BRANCH_CODE, _("Letters, digits, - and _."))]
    )
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=8, choices=BranchKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("above")
    )
    path = models.CharField(_("path"), max_length=200, unique=True, db_collation="C", editable=False)
    calendar = models.ForeignKey(
        "org.ServiceCalendar",
        models.PROTECT,
        related_name="+",
        verbose_name=_("service calendar"),
        null=True,
        blank=True,
        help_text=_("Empty: that of the branch above."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = BranchQuerySet.as_manager()

    class Meta:
        verbose_name = _("branch")
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True, kind=BranchKind.HEAD) | models.Q(parent__isnull=False),
                name="org_branch_only_head_is_root",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """Levels below the root: 0 for the head office."""
        return self.path.count("/") - 1


class Role(models.Model):
    """What a member of staff may do (permissions) and whose customers they see (scope)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    scope = models.CharField(_("data scope"), max_length=8, choices=DataScope, default=DataScope.OWN)
    permissions = ArrayField(models.CharField(max_length=60), verbose_name=_("permissions"), default=list, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("role")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    def holds(self, permission: str) -> bool:
        """Tell whether the role holds ``module.verb`` (``"*"`` holds all, ``"module.*"`` a whole module)."""
        held = self.permissions
        return permission in held or "*" in held or f"{permission.partition('.')[0]}.*" in held


class StaffQuerySet(models.QuerySet["Staff"]):
    def people(self) -> "StaffQuerySet":
        """Everybody but the system account."""
        return self.exclude(username=SYSTEM_USERNAME)

    def visible_to(self, staff: "Staff") -> "StaffQuerySet":
        """The people whom the member of staff may see: those of the branches in scope."""
        people = self.people()
        return people if staff.scope == DataScope.ALL else people.filter(branch_id__in=staff.branch_ids)


class StaffManager(BaseUserManager["Staff"]):
    def get_queryset(self) -> StaffQuerySet:
        return StaffQuerySet(self.model, using=self._db).select_related("branch", "role")

    def people(self) -> StaffQuerySet:
        return self.get_queryset().people()

    def visible_to(self, staff: "Staff") -> StaffQuerySet:
        return self.get_queryset().visible_to(staff)


class Staff(AbstractBaseUser):
    """A member of staff, who signs in by ``username`` (the staff number, as a rule) and acts in one role."""

    username = models.CharField(_("user name"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    role = models.ForeignKey(Role, models.PROTECT, related_name="+", verbose_name=_("role"))
    title = models.CharField(_("post"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    must_change_password = models.BooleanField(_("must change the password"), default=False, editable=False)

    limited_to: frozenset[str] | None = None
    """What the token of a program lets this object do, at most; nothing limits a person who signed in."""

    objects: ClassVar[StaffManager] = StaffManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("member of staff")
        ordering = ["branch__path", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> DataScope:
        return DataScope(self.role.scope)

    def can(self, permission: str) -> bool:
        """Tell whether the role holds ``module.verb``, and the account is in use."""
        if self.limited_to is not None and permission not in self.limited_to:
            return False
        return self.is_active_actor and self.role.holds(permission)

    @property
    def is_active_actor(self) -> bool:
        """Whoever may act: people who may sign in, and the system account, which may not."""
        return self.is_active or self.username == SYSTEM_USERNAME

    @cached_property
    def branch_ids(self) -> list[int]:
        """The branches of the scope; one query, kept for the life of the object (a request)."""
        return list(Branch.objects.visible_to(self).values_list("pk", flat=True))


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, staff: Staff) -> "ApiTokenQuerySet":
        """One's own, and those of the people whom one manages."""
        own = models.Q(staff_id=staff.pk)
        return self.filter(
            own | models.Q(staff__in=Staff.objects.visible_to(staff)) if staff.can("org.manage") else own
        )


class ApiToken(models.Model):
    """Lets a program act as one member of staff with some of their permissions, until it expires or is revoked.

    The secret is shown once; its digest is kept (the secret is random and long, so a plain digest cannot be guessed).
    """

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+", verbose_name=_("acts as"))
    name = models.CharField(_("used by"), max_length=60, help_text=_("Which program, such as: nightly report."))
    beginning = models.CharField(_("begins with"), max_length=12, editable=False)
    digest = models.BinaryField(unique=True, editable=False)
    permissions = ArrayField(models.CharField(max_length=60), verbose_name=_("permissions"))
    created_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires at"))
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(expires_at__gt=models.F("created_at")), name="org_token_expires"),
        ]

    def __str__(self) -> str:
        return self.name

    def state_at(self, at: datetime) -> TokenState:
        """Whether it opens at an instant, and if not, why."""
        if self.revoked_at is not None and self.revoked_at <= at:
            return TokenState.REVOKED
        return TokenState.VALID if at < self.expires_at else TokenState.EXPIRED


class ServiceCalendar(models.Model):
    """The hours in which service runs (decision 12); branches share one by naming it."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    source = models.CharField(_("where it comes from"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("service calendar")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class ServicePeriod(models.Model):
    """One stretch of service on a weekday; make-up days use the periods of Monday."""

    calendar = models.ForeignKey(ServiceCalendar, models.CASCADE, related_name="periods")
    weekday = models.PositiveSmallIntegerField(_("weekday"), help_text=_("0 is Monday"))
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("service period")
        ordering = ["weekday", "opens"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "weekday", "opens"], name="org_period_once"),
            models.CheckConstraint(condition=models.Q(closes__gt=models.F("opens")), name="org_period_forward"),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="org_period_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}–{self.closes:%H:%M}"


class CalendarDayQuerySet(models.QuerySet["CalendarDay"]):
    def published(self) -> "CalendarDayQuerySet":
        """Without the days of years of which only the law is known, not yet the arrangement of make-up days."""
        return self.exclude(source=STATUTORY)


class CalendarDay(models.Model):
    """A date that does not follow its weekday: a holiday, or a make-up working day 调休."""

    date = models.DateField(_("date"), unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=DayKind)
    name = models.CharField(_("name"), max_length=40)
    source = models.CharField(_("where it comes from"), max_length=60, blank=True)
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar day")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
