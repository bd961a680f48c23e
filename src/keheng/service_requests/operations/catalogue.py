"""The catalogue: what it ships with, and new versions of it."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.clock import SHANGHAI
from keheng.common.limits import BadLimitError, Limit
from keheng.org.models import Staff
from keheng.service_requests import permissions
from keheng.service_requests.models import CatalogueVersion
from keheng.service_requests.policies.catalogue import read
from keheng.service_requests.queries.catalogue import version_on

_PRESET = Path(__file__).parents[1] / "presets" / "branch-service.yaml"
_BEGINNING = date(2000, 1, 1)


def shipped() -> dict[str, Any]:
    """The catalogue that the product ships with."""
    definition: dict[str, Any] = yaml.safe_load(_PRESET.read_text())
    return definition


def load_presets() -> None:
    """Bring in the catalogue that the product ships with, where there is none."""
    if not CatalogueVersion.objects.exists():
        definition = shipped()
        read(definition)
        CatalogueVersion.objects.create(
            number=1, valid_from=_BEGINNING, definition=definition, note="预置：A6；决策 8–13"
        )


@transaction.atomic
def change_business(*, code: str, values: Mapping[str, Any], note: str, actor: Staff, at: datetime) -> CatalogueVersion:
    """Make a new version in which one business has other limits, words, or needs; open requests keep theirs.

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
    if definition == before.definition:
        raise ValidationError(_("Nothing has changed: the catalogue stays as it is."))
    read(definition)
    last = CatalogueVersion.objects.select_for_update().order_by("-number").first()
    version = CatalogueVersion.objects.create(
        number=(last.number if last else 0) + 1,
        valid_from=at.astimezone(SHANGHAI).date(),
        definition=definition,
        note=note.strip(),
        set_by=actor,
        set_at=at,
    )
    record("service_requests.catalogue", actor=actor, at=at, target=version, reason=note, detail={"business": code})
    return version


def _check_limit(text: str) -> None:
    try:
        Limit.read(text)
    except BadLimitError as error:
        raise ValidationError(
            _("“%(text)s” is not a limit. Write minutes, hours or working days, such as 30m, 4h or 1d.")
            % {"text": text}
        ) from error
