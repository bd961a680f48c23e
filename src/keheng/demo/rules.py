"""Rules in the making: a version that is to take effect, one that waits for a second person, a draft; dry runs."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from keheng.demo.plan import Plan
from keheng.org.models import Staff
from keheng.tiering import operations
from keheng.tiering.models import Scheme, SchemeVersion
from keheng.tiering.policies.definition import Definition


def write_rules(plan: Plan, at: datetime) -> None:
    """Let the product manager draft three times: published, tried and submitted, still open."""
    editor, second = (Staff.objects.get(username=name) for name in ("product-manager", "risk-officer"))
    next_month = (plan.today.replace(day=1) + timedelta(days=32)).replace(day=1)
    first = Scheme.objects.get(code="bank-retail").versions.get(number=1)
    published = _draft(
        operations.create_draft(source=first, actor=editor, at=at),
        _steadier(first.rules),
        valid_from=next_month,
        note="跌破下限 5% 才算，升入后至少保留 90 天，减少来回升降",
    )
    SchemeVersion.objects.filter(pk=published.pk).update(submitted_by=editor, submitted_at=at)
    operations.publish(version=published, actor=second, at=at)
    month_after = (next_month + timedelta(days=32)).replace(day=1)
    dearer = _draft(
        operations.create_draft(source=published, actor=editor, at=at),
        _dearer(published.rules),
        valid_from=month_after,
        note="白金门槛由 50 万提到 60 万，服务时间集中给高净值客户",
    )
    operations.dry_run(version=dearer, as_of=None, actor=editor, at=at)
    operations.submit_draft(version=dearer, actor=editor, reason="试算结果已与个金部核对，请审批", at=at)
    patient = _draft(
        operations.create_draft(source=published, actor=editor, at=at),
        _more_patient(published.rules),
        valid_from=month_after,
        note="降级宽限由 3 个月末延长到 4 个月末，待讨论",
    )
    operations.dry_run(version=patient, as_of=plan.month_ends[-1], actor=editor, at=at)


def _draft(begun: SchemeVersion, rules: Definition, *, valid_from: date, note: str) -> SchemeVersion:
    """Save a draft as who began it, at that time."""
    assert begun.edited_by is not None
    assert begun.edited_at is not None
    return operations.save_draft(
        version=begun,
        definition=rules,
        valid_from=valid_from,
        note=note,
        revision=begun.revision,
        actor=begun.edited_by,
        at=begun.edited_at,
    )


def _steadier(rules: Definition) -> Definition:
    movement = rules.movement.model_copy(update={"hysteresis": Decimal("0.05"), "minimum_stay_days": 90})
    return rules.model_copy(update={"movement": movement})


def _more_patient(rules: Definition) -> Definition:
    downgrade = rules.movement.downgrade.model_copy(update={"month_ends": 4})
    return rules.model_copy(update={"movement": rules.movement.model_copy(update={"downgrade": downgrade})})


def _dearer(rules: Definition) -> Definition:
    edge = Decimal(600_000)
    edges: dict[str, dict[str, Any]] = {"T3": {"upper": edge}, "T4": {"lower": edge}}
    tiers = tuple(
        tier.model_copy(update={"band": tier.band.model_copy(update=edges[tier.code])})
        if tier.band and tier.code in edges
        else tier
        for tier in rules.tiers
    )
    return rules.model_copy(update={"tiers": tiers})
