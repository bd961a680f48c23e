"""The first review: kind, cause, grade, path; who handles it; what is no complaint, or the same once more."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.complaints import permissions
from keheng.complaints.enums import ClockKind, Grade, Kind, LinkReason, StepKind
from keheng.complaints.models import Cause, Complaint, Link
from keheng.complaints.operations import clocks
from keheng.complaints.operations.learning import forget, learn
from keheng.complaints.operations.parts import led_to, locked, needed, told
from keheng.complaints.policies.flow import Act
from keheng.complaints.queries.causes import tree_number
from keheng.complaints.queries.posts import nearest_holders
from keheng.notices.operations import tell
from keheng.org.models import Staff
from keheng.portfolio.models import Product


@transaction.atomic
def classify(
    *,
    complaint: Complaint,
    kind: Kind,
    cause: Cause,
    grade: Grade,
    path: str = "",
    product: Product | None = None,
    note: str = "",
    actor: Staff,
    at: datetime,
) -> Complaint:
    """Say what it is about and how grave; the path follows from the kind unless it is chosen.

    Whoever does it handles the complaint from then on, unless somebody already does. What a person decided is learned.

    Raises:
        ValidationError: the cause belongs to another kind or is retired, or there is no such path.
    """
    complaint = locked(complaint)
    permissions.check_handle(actor, complaint)
    state = led_to(complaint, Act.CLASSIFY)
    if cause.kind != kind:
        raise ValidationError({"cause": _("This cause belongs to “%(kind)s”.") % {"kind": cause.get_kind_display()}})
    if not cause.is_active and cause.pk != complaint.cause_id:
        raise ValidationError({"cause": _("“%(cause)s” is retired. Choose a cause in use.") % {"cause": cause}})
    rules = complaint.internal_rules.rules
    chosen = path or (rules.kind_paths or {}).get(kind, rules.default_path)
    if chosen not in rules.paths_by_code:
        raise ValidationError({"path": _("Choose a path of the rules.")})
    first, kind_before = complaint.cause is None, complaint.kind
    if complaint.statement and complaint.cause_id != cause.pk:
        if complaint.cause is not None:
            forget(complaint.cause, complaint.statement)
        learn(cause, complaint.statement)
    complaint.kind, complaint.cause, complaint.grade, complaint.path = kind, cause, grade, chosen
    complaint.product, complaint.state = product, state
    complaint.handler = complaint.handler or actor
    clocks.start_usual(complaint, _since(complaint), at)
    told(
        complaint,
        StepKind.CLASSIFIED if first else StepKind.RECLASSIFIED,
        actor=actor,
        at=at,
        note=note.strip(),
        cause=cause.code,
        causes=tree_number(),
        grade=int(grade),
        path=chosen,
        suggested=complaint.suggested_cause.code if complaint.suggested_cause else "",
    )
    if kind != kind_before:
        _inform(complaint, at)
    return complaint


def _inform(complaint: Complaint, at: datetime) -> None:
    """Tell the posts that hear of every complaint of this kind (004k 4.6); never whoever is complained about."""
    wanted = {
        (complaint.branch.path, post) for post in complaint.internal_rules.rules.inform.get(Kind(complaint.kind), ())
    }
    if not wanted:
        return
    people = set().union(*nearest_holders(wanted).values()) - {complaint.about_staff_id or 0}
    tell(
        staff_ids=sorted(people),
        kind="complaints.informed",
        title=_("%(number)s: a complaint about “%(kind)s” has been taken up")
        % {"number": complaint, "kind": complaint.get_kind_display()},
        url=complaint.get_absolute_url(),
        at=at,
    )


def _since(complaint: Complaint) -> datetime:
    """From when limits count: the receipt, or the last reopening."""
    last = complaint.steps.filter(kind=StepKind.REOPENED).order_by("-pk").values_list("at", flat=True).first()
    return last or complaint.received_at


@transaction.atomic
def assign(*, complaint: Complaint, to: Staff, actor: Staff, at: datetime) -> Complaint:
    """Put a complaint into somebody's hands; a transfer of the regulator is handed over by that."""
    complaint = locked(complaint)
    permissions.check_supervise(actor, complaint)
    if not complaint.is_open:
        raise ValidationError(_("%(number)s has ended.") % {"number": complaint})
    permissions.check_no_conflict(to, complaint)
    if not to.can(permissions.HANDLE):
        raise ValidationError({"to": _("%(name)s does not handle complaints.") % {"name": to}})
    before, complaint.handler = complaint.handler_id, to
    clocks.stop(complaint, [ClockKind.HAND_OVER], at)
    told(complaint, StepKind.ASSIGNED, actor=actor, at=at, before=before, to=to.name)
    tell(
        staff_ids=[to.pk],
        kind="complaints.given",
        title=_("%(number)s has been assigned to you") % {"number": complaint},
        url=complaint.get_absolute_url(),
        at=at,
    )
    return complaint


@transaction.atomic
def decline(*, complaint: Complaint, reason: str, actor: Staff, at: datetime) -> Complaint:
    """Not a complaint that the bank handles, such as a question or another institution's matter; the reason is told."""
    complaint = locked(complaint)
    permissions.check_handle(actor, complaint)
    complaint.state = led_to(complaint, Act.DECLINE)
    reason = needed(reason, "reason", _("Say why, and where the complainant can turn to."))
    complaint.closed_at = at
    clocks.drop(complaint, at)
    told(complaint, StepKind.DECLINED, actor=actor, at=at, note=reason)
    return complaint


@transaction.atomic
def join(*, complaint: Complaint, into: Complaint, actor: Staff, at: datetime) -> Complaint:
    """The same matter once more: it goes on as the other complaint, which keeps its earlier limits."""
    for one in sorted({complaint.pk, into.pk}):
        Complaint.objects.select_for_update().only("pk").get(pk=one)
    complaint, into = locked(complaint), locked(into)
    permissions.check_handle(actor, complaint)
    if into.pk == complaint.pk or not into.is_open or not permissions.can_see(actor, into):
        raise ValidationError({"into": _("Choose another complaint that is open.")})
    complaint.state = led_to(complaint, Act.JOIN)
    complaint.joined_to, complaint.closed_at = into, at
    clocks.drop(complaint, at)
    told(complaint, StepKind.JOINED, actor=actor, at=at, into=into.number)
    told(into, StepKind.LINKED, actor=actor, at=at, number=complaint.number)
    link(one=complaint, other=into, reason=LinkReason.DUPLICATE)
    return complaint


def link(*, one: Complaint, other: Complaint, reason: LinkReason) -> None:
    """Note that two complaints belong together; again changes nothing."""
    first, second = sorted([one.pk, other.pk])
    Link.objects.get_or_create(first_id=first, second_id=second, defaults={"reason": reason})
