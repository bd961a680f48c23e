"""The rules by which customers come onto lists of potentials; modules above add theirs in ``navigation.py``.

A rule is a query of ``customer_id`` and ``amount`` over customers ``c``; its limits stand in it as named parameters.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Limit:
    """A number that a list sets; ``unit`` is ``wan`` (kept in CNY), ``months`` or ``percent``."""

    name: str
    label: str | Promise
    usual: Decimal
    unit: str = "wan"


@dataclass(frozen=True)
class PotentialRule:
    """Who belongs to lists of this rule.

    Attributes:
        source: where the rule comes from, such as a requirement.
    """

    code: str
    label: str | Promise
    sql: str
    limits: tuple[Limit, ...]
    source: str


_rules: dict[str, PotentialRule] = {}


def register(rule: PotentialRule) -> None:
    """Add a rule; the same code again replaces it."""
    _rules[rule.code] = rule


def rules() -> dict[str, PotentialRule]:
    """All rules by code."""
    return dict(_rules)


register(
    PotentialRule(
        "aum",
        _("AUM close below a threshold"),
        "select c.id, c.aum from customers_customer c where c.status = 'active' and c.aum >= %(least)s"
        " and c.aum < %(most)s",
        (
            Limit("least", _("AUM from"), Decimal(180_000)),
            Limit("most", _("AUM below"), Decimal(200_000)),
        ),
        "A2 差额升级；A3 输送",
    )
)
register(
    PotentialRule(
        "payroll",
        _("Employees of companies that bank with us"),
        "select c.id, c.aum from customers_customer c where c.status = 'active' and c.kind = 'person'"
        " and c.aum < %(most)s and exists (select from customers_relation tie join customers_customer company"
        " on company.id = tie.other_id and company.kind = 'company' and company.status = 'active'"
        " where tie.customer_id = c.id and tie.kind = 'employer' and tie.ended_on is null)",
        (Limit("most", _("AUM below"), Decimal(50_000)),),
        "A4 代发工资单位",
    )
)
