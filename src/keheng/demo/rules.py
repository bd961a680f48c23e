"""Rules in the making: a published version that is to take effect, a draft after it, and a dry run of the draft."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from keheng.demo.plan import Plan
from keheng.org.models import Staff
from keheng.tiering import operations
from keheng.tiering.models import Scheme, SchemeVersion
from keheng.tiering.policies.definition import Definition


def write_rules(plan: Plan, at: datetime) -> None:
    """Let the product manager draft twice; the risk officer publishes the first, valid from next month."""
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
    draft = _draft(
        operations.create_draft(source=published, actor=editor, at=at),
        _dearer(published.rules),
        valid_from=(next_month + timedelta(days=32)).replace(day=1),
        note="白金门槛由 50 万提到 60 万，服务时间集中给高净值客户",
    )
    operations.dry_run(version=draft, as_of=None, actor=editor, at=at)


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
