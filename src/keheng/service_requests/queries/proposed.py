"""Versions of the catalogue that were proposed: what each would change, in words (A15)."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keheng.approvals.models import Request
from keheng.service_requests.enums import ClockKind
from keheng.service_requests.models import CatalogueVersion
from keheng.service_requests.policies.catalogue import Business, read
from keheng.service_requests.policies.penalties import Band, PenaltyRules
from keheng.ui.templatetags.keheng import duration, limit_words


def of_catalogue(request: Request) -> Sequence[tuple[str, str]]:
    """What a proposed version would change."""
    held = CatalogueVersion.objects.filter(pk=request.subject_id or 0).first()
    if held is None:
        return []
    before, after = held.catalogue, read(request.payload["definition"])
    told = [
        (f"{one.told(get_language() or '')} · {name}", value, _of_business(after.businesses[code])[name])
        for code, one in before.businesses.items()
        if code in after.businesses
        for name, value in _of_business(one).items()
    ]
    new = _of_penalties(after.penalties)
    told += [(name, value, new.get(name, "—")) for name, value in _of_penalties(before.penalties).items()]
    return [(name, f"{old} → {new}") for name, old, new in told if old != new]


def band_name(place: int) -> str:
    """What a range of overtime is called, counted from nought."""
    return _("Range %(number)d of overtime") % {"number": place + 1}


def error_name(place: int) -> str:
    """What the points of an error are called, counted from nought."""
    return _("Points of error %(number)d of a month") % {"number": place + 1}


def _of_business(about: Business) -> dict[str, str]:
    found: dict[str, Any] = {
        str(kind.label): " / ".join(limit_words(about.limit(kind, priority=big)) for big in (False, True))
        for kind in ClockKind
    }
    found[_("Words for customers")] = about.words or "—"
    found[_("A second person approves before it is closed")] = _("yes") if about.approval else _("no")
    found[_("Documents are required before it is closed")] = _("yes") if about.evidence else _("no")
    return found


def _of_penalties(rules: PenaltyRules) -> dict[str, str]:
    found = {band_name(place): _band(band) for place, band in enumerate(rules.bands)}
    return found | {error_name(place): str(points) for place, points in enumerate(rules.errors)}


def _band(band: Band) -> str:
    edge = f"≤ {duration(band.up_to)}" if band.up_to is not None else _("longer")
    return f"{edge} / {_('an error') if band.error else band.points}"
