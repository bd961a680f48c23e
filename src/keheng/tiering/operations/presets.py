"""The schemes that ship with the product."""

from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from keheng.tiering.enums import SchemeKind, VersionState
from keheng.tiering.errors import TieringError
from keheng.tiering.models import Goals, Scheme, SchemeVersion, Standards, ValueWeights
from keheng.tiering.policies.definition import Definition
from keheng.tiering.policies.goals import GoalTable
from keheng.tiering.policies.standards import StandardsTable
from keheng.tiering.policies.validation import problems
from keheng.tiering.policies.value import WeightTable

_FOLDER = Path(__file__).parents[1] / "presets"


@transaction.atomic
def load_presets() -> None:
    """Bring in what A2 says: schemes and goals, size standards, weights; what exists stays as people edited it."""
    _load_schemes()
    _load_goals()
    _load_first(Standards, "standards.yaml")
    _load_first(ValueWeights, "weights.yaml")


def _load_first(model: type[Standards] | type[ValueWeights], name: str) -> None:
    """Make version 1 of a table that has no version yet."""
    if model._default_manager.exists():
        return
    row = yaml.safe_load((_FOLDER / "corporate" / name).read_text())
    shape: type[StandardsTable] | type[WeightTable] = StandardsTable if model is Standards else WeightTable
    table = shape.model_validate(row["definition"])
    model._default_manager.create(number=1, note=row["note"], definition=table.model_dump(mode="json"))


def _load_schemes() -> None:
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


def _load_goals() -> None:
    """Make version 1 of the goals of schemes that have none yet."""
    for path in sorted((_FOLDER / "goals").glob("*.yaml")):
        scheme = Scheme.objects.filter(code=path.stem, goals=None).first()
        if scheme is not None:
            row = yaml.safe_load(path.read_text())
            table = GoalTable.model_validate(row["definition"])
            Goals.objects.create(scheme=scheme, number=1, note=row["note"], definition=table.model_dump(mode="json"))
