"""The metrics that a rule may ask for, and whether there is data for them."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keheng.tiering.enums import SchemeKind
from keheng.tiering.models import SchemeVersion
from keheng.tiering.policies.definition import Privilege
from keheng.tiering.policies.fields import privilege_key
from keheng.tiering.policies.metrics import METRICS, Metric, Unit

_KEPT_SECONDS = 300


@dataclass(frozen=True)
class CatalogueEntry:
    """A metric as the editor offers it."""

    metric: Metric
    unit: str
    has_data: bool


def catalogue(kind: str) -> list[CatalogueEntry]:
    """The metrics of a kind of customer with their units; what has no data is told apart."""
    known = metrics_with_data(kind)
    return [
        CatalogueEntry(metric, unit_name(metric.unit), metric.code in known)
        for metric in METRICS.values()
        if kind == SchemeKind.COMPANY or not metric.of_companies
    ]


def unit_name(unit: Unit) -> str:
    """What stands behind a number that is typed."""
    return {
        Unit.CNY: _("in 万"),
        Unit.LOTS: pgettext("unit", "lots"),
        Unit.COUNT: _("pieces"),
        Unit.YEARS: _("years old"),
    }.get(unit, "")


def metrics_with_data(kind: str) -> frozenset[str]:
    """The codes of the metrics that at least one customer of the kind has a value of; kept for some minutes."""
    found: frozenset[str] | None = cache.get(f"tiering.metrics.{kind}")
    if found is None:
        found = _look_for_data(kind)
        cache.set(f"tiering.metrics.{kind}", found, _KEPT_SECONDS)
    return found


def _look_for_data(kind: str) -> frozenset[str]:
    """One statement asks for a first value of each; only for what nobody has does it read all rows."""
    condition = "true" if kind == SchemeKind.ANY else "c.kind = %(kind)s"
    asked = {code: metric for code, metric in METRICS.items() if kind == SchemeKind.COMPANY or not metric.of_companies}
    parts = [
        f"exists (select 1 {_rows_with(metric)} and {condition} and ({metric.sql}) is not null)"
        for metric in asked.values()
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(parts)}", {"kind": kind, "as_of": "today"})
        row = cursor.fetchone()
    return frozenset(code for code, there in zip(asked, row or (), strict=True) if there)


def _rows_with(metric: Metric) -> str:
    figures = "left join portfolio_currentfigures f on f.customer_id = c.id"
    company = "join customers_company co on co.customer_id = c.id"
    return f"from customers_customer c {company if metric.of_companies else ''} {figures} where true"


def privileges() -> dict[str, Privilege]:
    """Every privilege that any version names, by :func:`privilege_key`."""
    named: dict[str, Privilege] = {}
    for definition in SchemeVersion.objects.order_by("pk").values_list("definition", flat=True):
        for tier in definition.get("tiers", ()):
            for row in tier.get("privileges", ()):
                privilege = Privilege.model_validate(row)
                named.setdefault(privilege_key(privilege), privilege)
    return named
