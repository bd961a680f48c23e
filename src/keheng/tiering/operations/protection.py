"""Protected customers: asked for one at a time or by list, approved by a second person, ended (decision 5)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.approvals import operations as approvals
from keheng.approvals.models import Request
from keheng.audit import operations as audit
from keheng.common.clock import SHANGHAI
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.tiering.enums import ProtectionState
from keheng.tiering.models import Protected, Scheme
from keheng.tiering.permissions import PROTECT, check_protect
from keheng.tiering.sheets import SheetRow

KIND = "tiering.protect"
SUBJECT = "tiering.protected"
HEADINGS = {"number": ("客户号", "客户编号"), "reason": ("理由", "保护理由")}
_STANDING = [ProtectionState.WAITING, ProtectionState.IN_FORCE]


@transaction.atomic
def protect(*, scheme: Scheme, customer: Customer, reason: str, until: date, actor: Staff, at: datetime) -> Protected:
    """Ask that no downgrade of a scheme touch a customer until a date; it holds once a second person agrees.

    Raises:
        PermissionDenied: the role may not, or the customer lies outside its scope.
        ValidationError: no reason, a date that has passed, a protection that stands already, or nobody may approve.
    """
    check_protect(actor, customer)
    _check(reason, until, at)
    today = at.astimezone(SHANGHAI).date()
    _end_lapsed(scheme, [customer.pk], today)
    standing = Protected.objects.filter(scheme=scheme, customer=customer, state__in=_STANDING).first()
    if standing is not None:
        words = _("{customer} is on the list already, until {until}: {state}. End that first.")
        raise ValidationError(words.format(customer=customer, until=standing.until, state=standing.get_state_display()))
    held = Protected.objects.create(
        scheme=scheme,
        customer=customer,
        reason=reason.strip()[:200],
        until=until,
        state=ProtectionState.WAITING,
        set_by=actor,
        set_at=at,
    )
    audit.record("tiering.protect", actor=actor, at=at, target=customer, reason=reason, detail={"until": str(until)})
    approvals.ask(
        kind=KIND,
        subject=held,
        title=_("No downgrade until {until}").format(until=until),
        branch=customer.branch,
        amount=customer.aum,
        rank=max(customer.tier_rank, 0),
        url=reverse("customer", args=[customer.pk]),
        actor=actor,
        reason=held.reason,
        at=at,
    )
    return held


@dataclass(frozen=True)
class Rejected:
    """A row of a list that was left out, and why."""

    row: int
    text: str
    reason: str


@dataclass(frozen=True)
class Imported:
    """What a list brings, or would bring."""

    customers: int
    rejects: list[Rejected] = field(default_factory=list)


@transaction.atomic
def protect_listed(
    *,
    scheme: Scheme,
    rows: Sequence[SheetRow],
    file_name: str,
    reason: str,
    until: date,
    actor: Staff,
    at: datetime,
    keep: bool,
) -> Imported:
    """Ask for the protection of everybody on a list by one statement each for list and requests.

    Args:
        rows: the customer's number, and a reason of their own where the file gives one.
        keep: false: only look at what the list would bring.

    Raises:
        PermissionDenied: the role may not.
        ValidationError: no reason, or a date that has passed.
    """
    if not actor.can(PROTECT):
        raise PermissionDenied(_("Your role does not protect customers; a branch head or the head office may."))
    _check(reason, until, at)
    visible = Customer.objects.visible_to(actor).filter(number__in={row["number"] for row in rows})
    known = dict(visible.values_list("number", "pk"))
    if keep:
        _end_lapsed(scheme, list(known.values()), at.astimezone(SHANGHAI).date())
    standing = Protected.objects.filter(scheme=scheme, state__in=_STANDING, customer__in=known.values())
    if not keep:
        standing = standing.filter(until__gte=at.astimezone(SHANGHAI).date())
    taken, found, rejects = set(standing.values_list("customer_id", flat=True)), dict[int, str](), list[Rejected]()
    for row in rows:
        customer = known.get(row["number"])
        if customer is None:
            rejects.append(Rejected(row.number, row["number"], _("no customer of yours has this number")))
        elif customer in taken:
            rejects.append(Rejected(row.number, row["number"], _("is on the list already")))
        else:
            found[customer] = row["reason"] or reason.strip()
            taken.add(customer)
    if keep and found:
        _keep(scheme, found, file_name=file_name, until=until, actor=actor, at=at)
    return Imported(len(found), rejects)


def _keep(scheme: Scheme, found: dict[int, str], *, file_name: str, until: date, actor: Staff, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into tiering_protected (scheme_id, customer_id, reason, until, state, source, set_by_id, set_at)
            select %s, customer, left(reason, 200), %s, 'waiting', %s, %s, %s
              from unnest(%s::bigint[], %s::text[]) as listed (customer, reason)
            returning id
            """,
            [scheme.pk, until, file_name[:120], actor.pk, at, list(found), list(found.values())],
        )
        made = [row[0] for row in cursor.fetchall()]
    audit.record("tiering.protect", actor=actor, at=at, target=scheme, reason=file_name, detail={"number": len(made)})
    approvals.ask_many(
        kind=KIND,
        rows="""
            select %(title)s as title, %(subject)s as subject_type, p.id as subject_id, c.name as subject_label,
                   %(page)s || c.id || '/' as subject_url, c.branch_id, c.aum as amount,
                   greatest(c.tier_rank, 0)::int as rank, '{}'::jsonb as payload
              from tiering_protected p join customers_customer c on c.id = p.customer_id
             where p.id = any(%(made)s)
        """,
        params={
            "title": _("No downgrade until {until}").format(until=until),
            "subject": SUBJECT,
            "page": reverse("customer", args=[0]).removesuffix("0/"),
            "made": made,
        },
        actor=actor,
        reason=_("List {file}").format(file=file_name)[:200],
        at=at,
        target=scheme,
    )


@transaction.atomic
def end_protections(*, protections: "QuerySet[Protected]", actor: Staff, at: datetime) -> int:
    """Take customers of the actor's scope off the list, with what still waited for approval; return how many.

    Raises:
        PermissionDenied: the role may not.
    """
    if not actor.can(PROTECT):
        raise PermissionDenied(_("Your role does not protect customers; a branch head or the head office may."))
    today = at.astimezone(SHANGHAI).date()
    held = protections.filter(state__in=_STANDING, customer__in=Customer.objects.visible_to(actor)).order_by()
    keys = list(
        Protected.objects.order_by("pk")
        .select_for_update()
        .filter(pk__in=held.values("pk"))
        .values_list("pk", flat=True)
    )
    Protected.objects.filter(pk__in=keys).update(state=ProtectionState.ENDED, ended_on=today)
    waiting = Request.objects.filter(subject_type=SUBJECT, subject_id__in=keys)
    approvals.withdraw_many(requests=waiting, actor=actor, reason=_("Taken off the list."), at=at)
    if keys:
        audit.record("tiering.unprotect", actor=actor, at=at, detail={"number": len(keys)})
    return len(keys)


def settle_protections() -> int:
    """Let the protections that were decided on hold, or note the refusal; return how many changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            update tiering_protected p set state = case r.state when 'approved' then 'in_force' else 'refused' end
              from approvals_request r
             where r.subject_type = %s and r.subject_id = p.id and p.state = 'waiting'
               and r.state in ('approved', 'refused', 'withdrawn', 'expired')
            """,
            [SUBJECT],
        )
        changed: int = cursor.rowcount
    return changed


def _check(reason: str, until: date, at: datetime) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the customer is protected.")})
    if until < at.astimezone(SHANGHAI).date():
        raise ValidationError({"until": _("The date has passed; give one from today on.")})


def _end_lapsed(scheme: Scheme, customers: Sequence[int], today: date) -> None:
    """What has run out makes room for a new protection."""
    lapsed = Protected.objects.filter(scheme=scheme, customer__in=customers, state__in=_STANDING, until__lt=today)
    lapsed.update(state=ProtectionState.ENDED, ended_on=today)
