"""What two versions say differently, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from django.utils.translation import gettext as _

from keheng.tiering.policies import reading
from keheng.tiering.policies.definition import Definition, Exclusion, Protection, Tier


@dataclass(frozen=True)
class Difference:
    """One thing that differs: where, what it was, what it is. Empty: it was not there, or is no more."""

    where: str
    before: str
    after: str


def differences(before: Definition, after: Definition) -> list[Difference]:
    """Compare two definitions part by part; parts are told apart by their codes."""
    return [
        Difference(where, old, new)
        for where, old, new in chain(
            _frame(before, after),
            _tiers(before, after),
            _doors(before, after),
            _named(_("Not sorted"), before, before.exclusions, after, after.exclusions),
            _movement(before, after),
            _named(_("Protected"), before, before.movement.protected, after, after.movement.protected),
            _sources(before, after),
        )
        if old != new
    ]


type _Pair = tuple[str, str, str]


def _frame(before: Definition, after: Definition) -> Iterator[_Pair]:
    def metric(one: Definition) -> str:
        return reading.metric_name(one.metric, one.basis, one.months) if one.metric else ""

    yield _("Metric of the bands"), metric(before), metric(after)
    yield _("Date basis"), str(before.basis.label), str(after.basis.label)
    yield _("Edges"), str(before.edge.label), str(after.edge.label)
    yield _("Privileges of the tiers"), reading.granting(before), reading.granting(after)


def _tiers(before: Definition, after: Definition) -> Iterator[_Pair]:
    for code in _codes(before.descending, after.descending):
        old, new = before.tier(code), after.tier(code)
        name = _tier_name(new or old, code)
        yield name, reading.own_rule(before, old) if old else "", reading.own_rule(after, new) if new else ""
        if old and new:
            yield _("{tier}: name").format(tier=name), old.name, new.name
            yield _("{tier}: place").format(tier=name), str(old.rank), str(new.rank)
            yield _("{tier}: hours of service").format(tier=name), _hours(old), _hours(new)
            yield _("{tier}: contact").format(tier=name), reading.contact(old.contact), reading.contact(new.contact)
            yield _("{tier}: time limits").format(tier=name), _limits(old), _limits(new)
            yield _("{tier}: privileges").format(tier=name), _privileges(old), _privileges(new)
            yield (
                _("{tier}: maintained by").format(tier=name),
                _upkeep(before, old),
                _upkeep(after, new),
            )


def _tier_name(tier: Tier | None, code: str) -> str:
    return f"{code} {tier.name}" if tier else code


def _hours(tier: Tier) -> str:
    return _("{hours} hours a month").format(hours=f"{tier.service_hours.normalize():f}")


def _limits(tier: Tier) -> str:
    return reading.time_limits(tier.time_limits)


def _privileges(tier: Tier) -> str:
    return "、".join(privilege.name for privilege in tier.privileges)


def _upkeep(definition: Definition, tier: Tier) -> str:
    parts = []
    for part in tier.upkeep:
        roles = "、".join(part.roles)
        parts.append(f"{reading.condition(part.when, definition.basis)}：{roles}" if part.when else roles)
    return "；".join(parts)


def _doors(before: Definition, after: Definition) -> Iterator[_Pair]:
    def words(one: Definition, code: str) -> str:
        door = next((door for door in one.doors if door.code == code), None)
        if door is None:
            return ""
        lifted = one.tier(door.to)
        name = lifted.name if lifted else door.to
        return _("{condition}, at least {tier}").format(condition=reading.condition(door.when, one.basis), tier=name)

    for code in dict.fromkeys(door.code for door in (*before.doors, *after.doors)):
        yield _("Door {code}").format(code=code), words(before, code), words(after, code)


def _named(
    title: str,
    before: Definition,
    old: Sequence[Exclusion | Protection],
    after: Definition,
    new: Sequence[Exclusion | Protection],
) -> Iterator[_Pair]:
    def words(one: Definition, parts: Sequence[Exclusion | Protection], code: str) -> str:
        part = next((part for part in parts if part.code == code), None)
        return f"{part.name}：{reading.condition(part.when, one.basis)}" if part else ""

    for code in dict.fromkeys(part.code for part in (*old, *new)):
        yield f"{title} {code}", words(before, old, code), words(after, new, code)


def _movement(before: Definition, after: Definition) -> Iterator[_Pair]:
    old, new = before.movement, after.movement
    yield _("Upgrade"), "、".join(reading.upgrade(old)), "、".join(reading.upgrade(new))
    yield _("Downgrade"), "、".join(reading.downgrade(old)), "、".join(reading.downgrade(new))


def _sources(before: Definition, after: Definition) -> Iterator[_Pair]:
    def words(one: Definition, ref: str) -> str:
        return "；".join(source.says for source in one.sources if source.ref == ref)

    for ref in dict.fromkeys(source.ref for source in (*before.sources, *after.sources)):
        yield _("Source {ref}").format(ref=ref), words(before, ref), words(after, ref)


def _codes(old: Sequence[Tier], new: Sequence[Tier]) -> list[str]:
    return list(dict.fromkeys(tier.code for tier in (*new, *old)))
