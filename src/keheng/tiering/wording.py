"""Types, layers and values of indicators in words."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from keheng.common import money
from keheng.customers.enums import CustomerKind
from keheng.tiering.policies.company_types import path_of
from keheng.tiering.policies.value import INDICATORS, Population, Unit
from keheng.tiering.queries import TierLabel, tier_definitions
from keheng.tiering.queries.value import NO_LAYER

POPULATIONS = [
    (Population.EXISTING.value, pgettext_lazy("customers", "Existing")),
    (Population.TARGET.value, pgettext_lazy("customers", "Target")),
]


def population_words(code: str) -> str:
    """Existing 存量 or target 目标."""
    return str(dict(POPULATIONS)[code])


def type_words(code: str) -> str:
    """A node of the tree from its root, such as 有贷户·公司类·传统."""
    return "·".join(str(label) for label in path_of(code))


def layers() -> dict[str, TierLabel]:
    """The layers by code, best first: the tiers of companies, and those not sorted yet."""
    return tier_definitions(CustomerKind.COMPANY) | {NO_LAYER: TierLabel(NO_LAYER, pgettext("layer", "not sorted"), 0)}


def value_words(code: str, value: Decimal | None) -> str:
    """A value of an indicator in its unit; 无数据 where there is none."""
    if value is None:
        return _("no data")
    plain = f"{value.normalize():f}"
    match INDICATORS[code].unit:
        case Unit.CNY:
            return money.in_wan(value)
        case Unit.SHARE:
            return f"{plain}%"
        case Unit.YEARS:
            return _("{n} years").format(n=plain)
        case Unit.POINTS:
            return _("{n} points").format(n=plain)
        case _unit:
            return plain
