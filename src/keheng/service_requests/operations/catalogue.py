"""The catalogue: what it ships with, and new versions of it, proposed by one person and put into force by another."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from keheng.approvals.models import Request
from keheng.common.clock import SHANGHAI
from keheng.common.limits import BadLimitError, Limit
from keheng.org.models import Staff
from keheng.service_requests import permissions
from keheng.service_requests.models import CatalogueVersion
from keheng.service_requests.policies.catalogue import read
from keheng.service_requests.queries.catalogue import version_on
from keheng.versions import operations as versions

CATALOGUE = versions.TwoPersonRules(
    kind="service_requests.catalogue",
    model=CatalogueVersion,
    read=read,
    url="/service/catalogue/",
    propose="service_requests.propose_catalogue",
    put="service_requests.catalogue",
)
_PRESET = Path(__file__).parents[1] / "presets" / "branch-service.yaml"


def shipped() -> dict[str, Any]:
    """The catalogue that the product ships with."""
    definition: dict[str, Any] = yaml.safe_load(_PRESET.read_text())
    return definition


def load_presets() -> None:
    """Bring in the catalogue that the product ships with, where there is none."""
    versions.ship(CATALOGUE, shipped(), note="预置：A6；决策 8–13")


def propose_business(*, code: str, values: Mapping[str, Any], note: str, actor: Staff, at: datetime) -> Request:
    """Ask a second person for a version in which one business has other limits, words, or needs.

    Args:
        values: ``limits`` (clock → pair of texts), ``words``, ``approval``, ``evidence``; what is left out stays.

    Raises:
        ValidationError: a limit cannot be read, there is no such business, or nothing would change.
    """
    permissions.check_settings(actor)
    before = version_on(at.astimezone(SHANGHAI).date())
    definition = deepcopy(before.definition)
    row = next((row for row in definition["businesses"] if row["code"] == code), None)
    if row is None:
        raise ValidationError(_("There is no business %(code)s in the catalogue.") % {"code": code})
    for pair in values.get("limits", {}).values():
        for text in filter(None, pair):
            _check_limit(text)
    row.update(values)
    title = _("Catalogue of services: %(business)s") % {"business": row["name"]}
    return versions.propose(CATALOGUE, held=before, definition=definition, title=title, reason=note, actor=actor, at=at)


def propose_penalties(
    *,
    edges: Sequence[int],
    points: Sequence[Decimal],
    errors: Sequence[Decimal],
    note: str,
    actor: Staff,
    at: datetime,
) -> Request:
    """Ask a second person for a version in which being late costs something else (decision 10).

    Whoever is told of the last edge is told at the new one.

    Args:
        edges: the minutes over the limit up to which each band goes, but for the last, which is open.
        points: what the bands that are no errors cost, in their order.
        errors: what the first, second … error of a month costs, the last for each further one.

    Raises:
        ValidationError: edges do not rise, points are above zero, or nothing would change.
    """
    permissions.check_settings(actor)
    before = version_on(at.astimezone(SHANGHAI).date())
    definition = deepcopy(before.definition)
    bands, last = definition["penalties"]["bands"], before.catalogue.penalties.final_edge
    for band, edge in zip([band for band in bands if "up_to" in band], edges, strict=True):
        band["up_to"] = f"{edge}m"
    for band, cost in zip([band for band in bands if "points" in band], points, strict=True):
        band["points"] = _number(cost)
    definition["penalties"]["errors"] = [_number(cost) for cost in errors]
    for mark in definition["marks"]:
        if "over" in mark and Limit.read(mark["over"]).service_time == last:
            mark.update(over=f"{edges[-1]}m", code=f"over-{edges[-1]}")
    title = _("What being late costs")
    return versions.propose(CATALOGUE, held=before, definition=definition, title=title, reason=note, actor=actor, at=at)


def _number(points: Decimal) -> int | float:
    """Points as a version keeps them, and people read them: -1, -1.5."""
    return int(points) if points == int(points) else float(points)


def _check_limit(text: str) -> None:
    try:
        Limit.read(text)
    except BadLimitError as error:
        raise ValidationError(
            _("“%(text)s” is not a limit. Write minutes, hours or working days, such as 30m, 4h or 1d.")
            % {"text": text}
        ) from error
