"""Writing the forms that complete an archive (A1, A5, A8): also of closed customers, for winning back begins then."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.common.clock import SHANGHAI
from keheng.customers import permissions
from keheng.customers.models import Customer, DossierEntry, LossContact, LossFile
from keheng.customers.operations.entries import check_unchanged, told, write
from keheng.org.models import Staff

_DAYS = ("pushed_on", "lost_on", "won_back_on", "contacted_on")


@transaction.atomic
def add_paper[E: DossierEntry](
    *, model: type[E], customer: Customer, values: Mapping[str, Any], actor: Staff, at: datetime
) -> E:
    """Fill a form in. A contact belongs to the newest file of the lost customer.

    Args:
        model: ``PushFeedback``, ``LossFile`` or ``LossContact``.
        values: its fields; a file without ``assets`` takes those of the archive.

    Raises:
        ValidationError: by field, in words; also for a contact without a file, or a second open file.
    """
    permissions.check_follow_up(actor, customer)
    _check_days(values, at.astimezone(SHANGHAI).date())
    entry = model(customer=customer, **_begun(model, customer, actor))
    given = {name: value for name, value in values.items() if not (name == "assets" and value is None)}
    write(entry, given, customer=customer, action="customers.add_paper", actor=actor, at=at)
    return entry


@transaction.atomic
def change_paper(
    *, entry: DossierEntry, values: Mapping[str, Any], seen: datetime | None = None, actor: Staff, at: datetime
) -> None:
    """Correct a form, or note that a customer was won back; ``seen`` as in :func:`dossier.change_entry`.

    Raises:
        ValidationError: by field, in words; also when somebody has changed it since.
    """
    permissions.check_follow_up(actor, entry.customer)
    _check_days(values, at.astimezone(SHANGHAI).date())
    present = check_unchanged(type(entry), entry, values, seen)
    write(present, values, customer=entry.customer, action="customers.change_paper", actor=actor, at=at)


@transaction.atomic
def remove_paper(*, entry: DossierEntry, reason: str, actor: Staff, at: datetime) -> None:
    """Remove a form that was filled in by mistake; a file goes with its contacts."""
    permissions.check_follow_up(actor, entry.customer)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the entry is removed.")})
    told(entry, entry.customer, "customers.remove_paper", actor=actor, at=at, reason=reason.strip())
    entry.delete()


def _begun(model: type[DossierEntry], customer: Customer, actor: Staff) -> dict[str, Any]:
    """What a new form bears without being asked."""
    if model is LossFile:
        return {"tier": customer.tier, "server": customer.owner, "assets": customer.aum}
    if model is LossContact:
        file = LossFile.objects.filter(customer=customer).order_by("-lost_on", "-pk").first()
        if file is None:
            raise ValidationError(_("Open the file of the lost customer first."))
        return {"file": file, "staff": actor}
    return {}


def _check_days(values: Mapping[str, Any], today: date) -> None:
    late = {name: _("The day lies in the future.") for name in _DAYS if (values.get(name) or today) > today}
    if late:
        raise ValidationError(late)
