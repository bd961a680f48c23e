"""Rules in plain words: what a person reads beside the tree (screen 2), in the language that is active."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from keheng.common.money import WAN, YI, in_wan, short_wan
from keheng.portfolio.enums import CardGrade
from keheng.tiering.enums import Basis, Edge, Effective
from keheng.tiering.policies.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Flag,
    Membership,
    Not,
    Op,
    Threshold,
    alternatives,
)
from keheng.tiering.policies.definition import BIG, NORMAL, Band, Contact, Definition, Movement, Step, Tier
from keheng.tiering.policies.metrics import METRICS, Unit

_SIGNS = {Op.AT_LEAST: "≥", Op.ABOVE: ">", Op.AT_MOST: "≤", Op.BELOW: "<", Op.EQUAL: "="}


def metric_name(code: str, basis: Basis, months: int = 0) -> str:
    """The metric with its date basis: ``月日均 AUM``, ``月末 AUM``, ``近 3 个月日均 AUM``."""
    metric = METRICS[code]
    match basis:
        case Basis.MONTH_AVERAGE if metric.average_label:
            return str(metric.average_label)
        case Basis.MONTHS_AVERAGE if metric.average_label:
            label = metric.average_label
            return _("{metric} of {months} months").format(metric=label, months=months) if months else str(label)
        case Basis.MONTH_END if metric.average_label:
            return _("month-end {metric}").format(metric=metric.label)
        case _:
            return str(metric.label)


def quantity(metric: str, value: Decimal) -> str:
    """A value with its unit: ``50万``, ``700 手``, ``60 岁``, ``白金卡``."""
    match METRICS[metric].unit:
        case Unit.CNY:
            return _exact_amount(value)
        case Unit.LOTS:
            return _("{count} lots").format(count=f"{value.normalize():,f}")
        case Unit.YEARS:
            return _("{count} years").format(count=f"{value.normalize():f}")
        case Unit.GRADE:
            return str(CardGrade(int(value)).label)
        case Unit.FLAG:
            return _("yes") if value else _("no")
        case _:
            return f"{value.normalize():,f}"


def quantity_held(metric: str, value: Decimal | None) -> str:
    """A value that a customer has: amounts with two decimals of 万/亿, as everywhere on pages."""
    if value is None:
        return in_wan(None)
    return in_wan(value) if METRICS[metric].unit == Unit.CNY else quantity(metric, value)


def _exact_amount(value: Decimal) -> str:
    unit = YI if abs(value) >= YI else WAN
    short = short_wan(value)
    return short if (value / unit * 100) % 1 == 0 else _("{amount} yuan").format(amount=f"{value.normalize():,f}")


def band_edges(metric: str, band: Band, edge: Edge) -> str:
    """A band as a pill: ``50万 – 300万``, ``≥ 300万``, ``< 0.1万``."""
    above, below = ("≥", "<") if edge == Edge.LOWER else (">", "≤")
    if band.lower is None and band.upper is None:
        return _("any")
    if band.lower is None:
        return f"{below} {quantity(metric, band.upper or Decimal(0))}"
    if band.upper is None:
        return f"{above} {quantity(metric, band.lower)}"
    return f"{quantity(metric, band.lower)} – {quantity(metric, band.upper)}"


def band(definition: Definition, edges: Band) -> str:
    """A band in words: ``月日均 AUM 在 50万（含）至 300万（不含）之间``."""
    metric = definition.metric or ""
    name = metric_name(metric, definition.basis, definition.months)
    from_lower = definition.edge == Edge.LOWER
    if edges.lower is None and edges.upper is None:
        return _("any {metric}").format(metric=name)
    if edges.lower is None:
        words = _("{metric} below {upper}") if from_lower else _("{metric} up to {upper} (included)")
        return words.format(metric=name, upper=quantity(metric, edges.upper or Decimal(0)))
    if edges.upper is None:
        words = _("{metric} of {lower} (included) and above") if from_lower else _("{metric} above {lower}")
        return words.format(metric=name, lower=quantity(metric, edges.lower))
    words = (
        _("{metric} from {lower} (included) to {upper} (not included)")
        if from_lower
        else _("{metric} above {lower} (not included) up to {upper} (included)")
    )
    return words.format(metric=name, lower=quantity(metric, edges.lower), upper=quantity(metric, edges.upper))


def condition(node: Condition, basis: Basis) -> str:
    """A condition in words; a group inside a group stands in brackets."""
    match node:
        case AllOf(all=parts):
            return pgettext("conditions", ", and ").join(_nested(part, basis) for part in parts)
        case AnyOf(any=parts):
            return pgettext("conditions", ", or ").join(_nested(part, basis) for part in parts)
        case Not(negated=part):
            return _("not ({condition})").format(condition=condition(part, basis))
        case Threshold():
            return _threshold(node, basis)
        case Membership(metric=metric, among=words):
            names = dict.fromkeys(str(METRICS[metric].words.get(word, word)) for word in words)
            return _("{metric} is {words}").format(
                metric=METRICS[metric].label, words=pgettext("words", " or ").join(names)
            )
        case Flag(metric=metric, holds=holds):
            label = METRICS[metric].label
            return (_("{fact}: yes") if holds else _("{fact}: no")).format(fact=label)


def _nested(node: Condition, basis: Basis) -> str:
    text = condition(node, basis)
    several = (isinstance(node, AllOf) and len(node.all) > 1) or (isinstance(node, AnyOf) and len(node.any) > 1)
    return _("({condition})").format(condition=text) if several else text


def _threshold(leaf: Threshold, basis: Basis) -> str:
    if leaf.per is not None:
        ratio = f"{metric_name(leaf.metric, basis)} ÷ {metric_name(leaf.per, basis)}"
        return f"{ratio} {_SIGNS[leaf.op]} {_percent(leaf.value)}"
    if METRICS[leaf.metric].unit == Unit.GRADE and leaf.op == Op.AT_LEAST:
        return _("holds a card of class {grade} or better").format(grade=quantity(leaf.metric, leaf.value))
    return f"{metric_name(leaf.metric, basis)} {_SIGNS[leaf.op]} {quantity(leaf.metric, leaf.value)}"


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():,f}%"


def own_rule(definition: Definition, tier: Tier) -> str:
    """What puts a customer into a tier, doors aside."""
    if tier.band and definition.metric:
        return band(definition, tier.band)
    return condition(tier.when, definition.basis) if tier.when else _("all others")


def ways(definition: Definition, tier: Tier) -> tuple[str, ...]:
    """The alternatives of a tier's condition, each in words."""
    if tier.when is None:
        return (own_rule(definition, tier),)
    return tuple(condition(way, definition.basis) for way in alternatives(tier.when))


def doors(definition: Definition, tier: Tier) -> list[str]:
    """The doors that lift to a tier, in words."""
    return [condition(door.when, definition.basis) for door in definition.doors_to(tier)]


def rule(definition: Definition, tier: Tier) -> str:
    """The whole rule of a tier: its own, or any of its doors."""
    return pgettext("conditions", ", or ").join([own_rule(definition, tier), *doors(definition, tier)])


def evidence(
    definition: Definition, tier: str, *, metric: str, value: Decimal | None, threshold: Decimal | None, door: str
) -> str:
    """What put a customer into a tier: the value and what it met: ``月日均 AUM 52.31万，落在 50万 – 300万``."""
    entered = definition.tier(tier)
    if entered is None:
        return ""
    opened = next((part for part in definition.doors_to(entered) if part.code == door), None)
    if opened:
        return condition(opened.when, definition.basis)
    if metric not in METRICS or not METRICS[metric].is_number or value is None:
        return own_rule(definition, entered)
    figure = f"{metric_name(metric, definition.basis)} {quantity_held(metric, value)}"
    if entered.band and definition.metric == metric:
        return _("{figure}, within {band}").format(
            figure=figure, band=band_edges(metric, entered.band, definition.edge)
        )
    if threshold is None or (entered.takes_the_rest and value >= threshold):
        return own_rule(definition, entered)
    words = _("{figure}, short of {limit}") if entered.takes_the_rest else _("{figure}, the limit is {limit}")
    return words.format(figure=figure, limit=quantity(metric, threshold))


def contact(rule: Contact | None) -> str:
    """How often a customer is contacted at least: ``每月 1 次``; empty without a rule."""
    if rule is None:
        return ""
    return _("{count} times {period}").format(count=rule.times, period=rule.per.label)


def granting(definition: Definition) -> str:
    """Whether the privileges of a scheme that is not primary count."""
    return _("beside the primary scheme's") if definition.grants else _("shown only")


def time_limits(sla_class: str) -> str:
    """What a class of time limits is called; one of the bank's own goes by its code."""
    names = {NORMAL: _("normal business"), BIG: _("big customers")}
    return names.get(sla_class, sla_class)


def upgrade(movement: Movement) -> list[str]:
    """The rule of upgrades as pills: ``达标 1 个月末``, ``自动生效``."""
    part = movement.upgrade
    met = ngettext("meets the rule at {count} month end", "meets the rule at {count} month ends", part.month_ends)
    return [met.format(count=part.month_ends), *_approval(part, movement.effective)]


def downgrade(movement: Movement) -> list[str]:
    """The rule of downgrades as pills: ``连续 3 个月末低于下限``, ``须审批``, ``跌破下限 5% 才算``."""
    grace = movement.grace_month_ends
    below = ngettext("below the tier at {count} month end", "below the tier at {count} month ends in a row", grace)
    words = [below.format(count=grace), *_approval(movement.downgrade, movement.effective)]
    if movement.hysteresis:
        words.append(_("counts from {share} below the edge").format(share=_percent(movement.hysteresis)))
    if movement.minimum_stay_days:
        days = movement.minimum_stay_days
        words.append(ngettext("stays at least {count} day", "stays at least {count} days", days).format(count=days))
    if movement.protected:
        count = len(movement.protected)
        words.append(ngettext("{count} kind is protected", "{count} kinds are protected", count).format(count=count))
    return words


def _approval(part: Step, effective: Effective) -> list[str]:
    if not part.approval:
        return [_("takes effect by itself")]
    return [_("needs an approval"), *([] if effective == Effective.AT_ONCE else [str(effective.label)])]
