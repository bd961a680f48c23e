"""What people have decided on moves of tiers: some approved, refused, returned, some overdue; protected customers."""

from datetime import date, datetime, time, timedelta

from keheng.approvals.enums import Act
from keheng.approvals.models import Request
from keheng.approvals.operations import decide, decide_many
from keheng.common.clock import SHANGHAI
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.org.queries import system_actor
from keheng.tiering.models import Scheme
from keheng.tiering.operations import carry_out_decisions, protect

# Of a dozen requests: five approved, two refused, one returned; the rest are left until they are overdue.
_ANSWERS = (
    (Act.APPROVE, "", range(5)),
    (Act.REFUSE, "客户承诺月底前转回资金，本季暂不降级", range(5, 7)),
    (Act.RETURN, "请客户经理补充最近一次联系的情况", range(7, 8)),
)
_PROTECTED = (
    ("客户家属同为私行客户，家庭合并资产达标", 180, True),
    ("企业实际控制人，代发工资业务正在洽谈", 90, True),
    ("大额定期到期后短期转出购房，已约定回流", 60, False),
)


def morning_after(day: date, at: datetime) -> datetime:
    """When the worker evaluates a day: early on the next one, unless that lies ahead."""
    return min(at, datetime.combine(day + timedelta(days=1), time(5, 20), SHANGHAI))


def write_decisions(month_end: date, at: datetime) -> None:
    """Let heads of outlets answer most of the downgrades asked for after a month end; let the branch protect three."""
    asked_at = morning_after(month_end, at)
    decided_at = asked_at + (at - asked_at) / 2
    for head in Staff.objects.filter(role__code="outlet-head"):
        waiting = Request.objects.decidable_by(head).filter(kind="tiering.downgrade")
        keys = list(waiting.order_by("amount", "pk").values_list("pk", flat=True))
        for act, reason, places in _ANSWERS:
            chosen = [key for place, key in enumerate(keys) if place % 12 in places]
            if chosen:
                requests = Request.objects.filter(pk__in=chosen)
                decide_many(requests=requests, actor=head, outcome=act, reason=reason, at=decided_at)
    carry_out_decisions(actor=system_actor(), at=at)
    _protect(at)


def _protect(at: datetime) -> None:
    head, second = (Staff.objects.get(username=name) for name in ("branch-head", "head-office-manager"))
    scheme = Scheme.objects.get(code="bank-retail")
    held = Customer.objects.visible_to(head).filter(kind="person", status="active", tier="T3").order_by("aum", "pk")
    for customer, (reason, days, agreed) in zip(held[: len(_PROTECTED)], _PROTECTED, strict=False):
        until = at.astimezone(SHANGHAI).date() + timedelta(days=days)
        asked = protect(scheme=scheme, customer=customer, reason=reason, until=until, actor=head, at=at)
        if agreed:
            request = Request.objects.get(subject_type="tiering.protected", subject_id=asked.pk)
            decide(request=request, actor=second, outcome=Act.APPROVE, reason="", at=at)
