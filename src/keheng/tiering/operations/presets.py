"""The schemes that ship with the product."""

from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from keheng.tiering.enums import SchemeKind, VersionState
from keheng.tiering.errors import TieringError
from keheng.tiering.models import Scheme, SchemeVersion
from keheng.tiering.policies.definition import Definition
from keheng.tiering.policies.validation import problems

_FOLDER = Path(__file__).parents[1] / "presets"


@transaction.atomic
def load_presets() -> None:
    """Bring in the schemes of requirement A2; a scheme that exists stays as people edited it."""
    for path in sorted(_FOLDER.glob("*.yaml")):
        row: dict[str, Any] = yaml.safe_load(path.read_text())
        valid_from, definition = row.pop("valid_from"), Definition.model_validate(row.pop("definition"))
        if faults := problems(definition, SchemeKind(row["kind"])):
            raise TieringError(f"{path.name}: {' '.join(faults)}")
        scheme, is_new = Scheme.objects.get_or_create(code=row.pop("code"), defaults=row)
        if is_new:
            SchemeVersion.objects.create(
                scheme=scheme,
                number=1,
                state=VersionState.PUBLISHED,
                valid_from=valid_from,
                definition=definition.model_dump(mode="json", exclude_defaults=True),
            )
