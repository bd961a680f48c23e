"""What a relationship manager knows of a company beyond its figures (A1): people, business, rivals, projects, group.

Every row belongs to one customer by a plain key, so that a merge of customers finds and moves it.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keheng.common.fields import EncryptedTextField, MoneyField
from keheng.customers.enums import CooperationState, DecisionRole, GroupRole, HealthGrade, ProjectState
from keheng.customers.models.customer import Customer

_PERCENT = Q(share__isnull=True) | Q(share__gte=0, share__lte=100)


class DossierEntry(models.Model):
    """An entry of the dossier: whose it is, who wrote it last and when."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    note = models.CharField(_("note"), max_length=300, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by"), editable=False
    )
    changed_at = models.DateTimeField(_("changed at"), editable=False)

    class Meta:
        abstract = True


class KeyContact(DossierEntry):
    """Somebody in a company who matters for the business with it."""

    name = models.CharField(_("name"), max_length=60)
    post = models.CharField(_("job title"), max_length=60, blank=True)
    decision_role = models.CharField(_("part in decisions"), max_length=8, choices=DecisionRole)
    phone = EncryptedTextField(_("phone"), purpose="customers.key_contact", null=True, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    preference = models.CharField(_("preferences"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("key contact")
        ordering = ["customer", "decision_role", "pk"]

    def __str__(self) -> str:
        return self.name


class Cooperation(DossierEntry):
    """One line of business with a company: past, current or expected."""

    state = models.CharField(_("state"), max_length=8, choices=CooperationState)
    product = models.CharField(_("product"), max_length=80)
    starts_on = models.DateField(_("begins on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    amount = MoneyField(_("amount in CNY"), null=True, blank=True)
    margin = models.DecimalField(_("margin in %"), max_digits=6, decimal_places=3, null=True, blank=True)
    likelihood = models.PositiveSmallIntegerField(_("likelihood in %"), null=True, blank=True)

    class Meta:
        verbose_name = _("cooperation")
        ordering = ["customer", "-starts_on", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="customers_cooperation_forward",
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="customers_cooperation_amount",
                violation_error_message=_("An amount is not negative."),
            ),
            models.CheckConstraint(
                condition=Q(likelihood__isnull=True) | Q(state=CooperationState.EXPECTED, likelihood__lte=100),
                name="customers_cooperation_likelihood",
                violation_error_message=_("A likelihood is at most 100 and belongs to expected cooperation only."),
            ),
        ]

    def __str__(self) -> str:
        return self.product


class Competitor(DossierEntry):
    """Another institution that the company does business with."""

    institution = models.CharField(_("institution"), max_length=60)
    products = models.CharField(_("products there"), max_length=200, blank=True)
    share = models.DecimalField(_("share of its business in %"), max_digits=5, decimal_places=2, null=True, blank=True)
    since = models.DateField(_("start date"), null=True, blank=True)

    class Meta:
        verbose_name = _("competitor")
        ordering = ["customer", F("share").desc(nulls_last=True), "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["customer", "institution"],
                name="customers_competitor_once",
                violation_error_message=_("This institution is on the list already; change its entry."),
            ),
            models.CheckConstraint(
                condition=_PERCENT,
                name="customers_competitor_share",
                violation_error_message=_("A share lies between 0 and 100."),
            ),
        ]

    def __str__(self) -> str:
        return self.institution


class Project(DossierEntry):
    """A project of the project library 工程信息库: what was built or set up for the customer, and how it fares.

    ``grade`` and ``next_check_on`` are those of the newest check, kept by the operation that records one.
    """

    name = models.CharField(_("project"), max_length=80)
    place = models.CharField(_("place"), max_length=80, blank=True)
    content = models.CharField(_("content"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=ProjectState)
    amount = MoneyField(_("contract amount in CNY"), null=True, blank=True)
    starts_on = models.DateField(_("started on"), null=True, blank=True)
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    warranty_until = models.DateField(_("warranty until"), null=True, blank=True)
    grade = models.CharField(_("health"), max_length=8, choices=HealthGrade, blank=True, editable=False)
    next_check_on = models.DateField(_("next check"), null=True, blank=True)

    class Meta:
        verbose_name = _("project")
        ordering = ["customer", "name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["customer", "name"],
                name="customers_project_once",
                violation_error_message=_("The customer has a project of this name already; change its entry."),
            ),
            models.CheckConstraint(
                condition=Q(accepted_on__isnull=True) | Q(starts_on__isnull=True) | Q(accepted_on__gte=F("starts_on")),
                name="customers_project_forward",
                violation_error_message=_("It cannot be accepted before it was started."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_check_on"], name="customers_checks_due", condition=Q(next_check_on__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.name


class HealthCheck(models.Model):
    """An entry of a project's health handbook 工程健康手册; it is written once and stays."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="checks")
    checked_on = models.DateField(_("checked on"))
    grade = models.CharField(_("grade"), max_length=8, choices=HealthGrade)
    finding = models.CharField(_("finding"), max_length=300)
    measures = models.CharField(_("measures"), max_length=300, blank=True)
    next_check_on = models.DateField(_("next check"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("checked by")
    )
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("health check")
        ordering = ["project", "-checked_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(next_check_on__isnull=True) | Q(next_check_on__gt=F("checked_on")),
                name="customers_check_forward",
                violation_error_message=_("The next check lies after this one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checked_on} {self.get_grade_display()}"


class CompanyGroup(models.Model):
    """A group of companies 集团. Members of a group on the strategic list count as strategic (decision 26)."""

    name = models.CharField(_("group"), max_length=120, unique=True)
    is_strategic = models.BooleanField(_("on the strategic list"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("company group")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class GroupMember(DossierEntry):
    """A company as a member of a group; at most of one, and a group has at most one head."""

    group = models.ForeignKey(CompanyGroup, models.CASCADE, related_name="members", verbose_name=_("group"))
    role = models.CharField(_("role in the group"), max_length=12, choices=GroupRole)
    share = models.DecimalField(_("held by the group in %"), max_digits=5, decimal_places=2, null=True, blank=True)
    since = models.DateField(_("start date"), null=True, blank=True)

    class Meta:
        verbose_name = _("group membership")
        ordering = ["group", "role", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["customer"],
                name="customers_member_of_one_group",
                violation_error_message=_("The company belongs to a group already; change that entry."),
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(role=GroupRole.HEAD),
                name="customers_group_one_head",
                violation_error_message=_("The group has a head already; change that company's role first."),
            ),
            models.CheckConstraint(
                condition=_PERCENT,
                name="customers_member_share",
                violation_error_message=_("A share lies between 0 and 100."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.group)
