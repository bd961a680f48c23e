"""The dossier of a company: key contacts, cooperation, competitors, projects with their health, group (A1)."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from keheng.customers import permissions
from keheng.customers.archive.rulebook import health_rules
from keheng.customers.enums import ContactKind, CustomerKind, HealthGrade
from keheng.customers.models import (
    Company,
    CompanyGroup,
    Competitor,
    Customer,
    DossierEntry,
    GroupMember,
    HealthCheck,
    KeyContact,
    Project,
)
from keheng.customers.operations.entries import check_unchanged, told, write
from keheng.customers.policies.health import next_check
from keheng.customers.values import identity
from keheng.customers.values.flaws import sentence
from keheng.org.models import Staff

_WHOLE = Decimal(100)


@transaction.atomic
def add_entry[E: DossierEntry](
    *, model: type[E], customer: Customer, values: Mapping[str, Any], actor: Staff, at: datetime
) -> E:
    """Write a new entry into the dossier of a company.

    Args:
        model: which kind of entry, such as :class:`KeyContact`.
        values: its fields. Of a :class:`GroupMember` ``group`` is the group's name; one that is not known yet is made.
            Whether a group is strategic is said by the strategic list alone.

    Raises:
        ValidationError: by field, in words.
    """
    permissions.check_edit(actor, customer)
    if customer.kind != CustomerKind.COMPANY:
        raise ValidationError(_("%(customer)s is a person.") % {"customer": customer.name})
    entry = model(customer=customer)
    write(entry, _checked(entry, customer, values), customer=customer, action="customers.add_entry", actor=actor, at=at)
    _follow_group(entry)
    return entry


@transaction.atomic
def change_entry(
    *, entry: DossierEntry, values: Mapping[str, Any], seen: datetime | None = None, actor: Staff, at: datetime
) -> None:
    """Change an entry; ``seen`` is its ``changed_at`` when it was read, so that no change of another is lost.

    Raises:
        ValidationError: by field, in words; also when somebody has changed it since.
    """
    permissions.check_edit(actor, entry.customer)
    own = {name: value for name, value in values.items() if name != "group"}
    present = check_unchanged(type(entry), entry, own, seen)
    checked = _checked(present, entry.customer, values)
    write(present, checked, customer=entry.customer, action="customers.change_entry", actor=actor, at=at)
    _follow_group(present)


@transaction.atomic
def remove_entry(*, entry: DossierEntry, reason: str, actor: Staff, at: datetime) -> None:
    """Remove an entry that was wrong. What has ended is better changed than removed."""
    permissions.check_edit(actor, entry.customer)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the entry is removed.")})
    told(entry, entry.customer, "customers.remove_entry", actor=actor, at=at, reason=reason.strip())
    entry.delete()


@transaction.atomic
def record_check(
    *,
    project: Project,
    checked_on: date,
    grade: HealthGrade,
    finding: str,
    measures: str = "",
    next_check_on: date | None = None,
    actor: Staff,
    at: datetime,
) -> HealthCheck:
    """Write a check into the health handbook of a project; it says when the next is due, unless that is given.

    Raises:
        ValidationError: by field, in words.
    """
    permissions.check_edit(actor, project.customer)
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    due = next_check_on or next_check(checked_on, grade, health_rules().months)
    check = HealthCheck(
        project=project,
        checked_on=checked_on,
        grade=grade,
        finding=finding,
        measures=measures,
        next_check_on=due,
        checked_by=actor,
        recorded_at=at,
    )
    check.full_clean()
    check.save()
    newest = project.checks.order_by("-checked_on", "-pk").first()
    if newest is not None:
        Project.objects.filter(pk=project.pk).update(grade=newest.grade, next_check_on=newest.next_check_on)
    detail = {"project": project.name, "health": grade}
    told(check, project.customer, "customers.record_check", actor=actor, at=at, detail=detail)
    return check


def _checked(entry: DossierEntry, customer: Customer, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values in their normal form, once the rules of their kind have been kept."""
    wanted = dict(values)
    if isinstance(entry, KeyContact) and wanted.get("phone"):
        found = identity.CONTACTS[ContactKind.BACKUP](wanted["phone"])
        if found.error:
            raise ValidationError({"phone": sentence(found.error, ContactKind.BACKUP)})
        wanted["phone"] = found.value
    if isinstance(entry, Competitor) and wanted.get("share"):
        _check_shares(customer, wanted["share"], except_for=entry.pk or 0)
    if isinstance(entry, GroupMember):
        wanted = _with_group(wanted)
    return wanted


def _check_shares(customer: Customer, share: Decimal, *, except_for: int) -> None:
    """All competitors together have at most the whole of a company's business."""
    Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    others = Competitor.objects.filter(customer=customer).exclude(pk=except_for).aggregate(total=Sum("share"))["total"]
    if (others or 0) + share > _WHOLE:
        left = f"{(_WHOLE - (others or 0)).normalize():f}"
        raise ValidationError(
            {"share": _("All institutions together have 100 %%; %(left)s %% are left.") % {"left": left}}
        )


def _with_group(wanted: dict[str, Any]) -> dict[str, Any]:
    """The group by its name, made when it is new."""
    if "group" not in wanted:
        return wanted
    name = str(wanted["group"] or "").strip()
    if not name:
        raise ValidationError({"group": _("Name the group.")})
    group, _made = CompanyGroup.objects.get_or_create(name=name)
    return {**wanted, "group": group}


def _follow_group(entry: DossierEntry) -> None:
    """A member of a group on the strategic list counts as strategic (decision 26)."""
    if isinstance(entry, GroupMember) and entry.group.is_strategic:
        Company.objects.filter(customer=entry.customer, is_strategic=False).update(is_strategic=True)
