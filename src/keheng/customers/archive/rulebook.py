"""The rules of documents and projects that ship with the product (``presets/*.yaml``), read once."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from keheng.customers.enums import CustomerKind, DocumentKind

_FOLDER = Path(__file__).parents[1] / "presets"


@dataclass(frozen=True)
class DocumentRules:
    """``bands`` are days ahead of an expiry; ``kinds`` what each kind of customer has."""

    bands: tuple[int, ...]
    pictures: frozenset[DocumentKind]
    kinds: dict[CustomerKind, tuple[DocumentKind, ...]]
    expiring: frozenset[DocumentKind]


@dataclass(frozen=True)
class HealthRules:
    """Months until the next check by grade, and how many days ahead a check is listed."""

    months: dict[str, int]
    due: int


@cache
def document_rules() -> DocumentRules:
    """The rules of documents."""
    read = _preset("documents")
    return DocumentRules(
        bands=tuple(read["bands"]),
        pictures=frozenset(map(DocumentKind, read["pictures"])),
        kinds={
            CustomerKind.PERSON: tuple(map(DocumentKind, read["persons"])),
            CustomerKind.COMPANY: tuple(map(DocumentKind, read["companies"])),
        },
        expiring=frozenset(map(DocumentKind, read["expiring"])),
    )


@cache
def health_rules() -> HealthRules:
    """The rules of the health handbook."""
    read = _preset("health_handbook")
    return HealthRules(months=dict(read["months"]), due=int(read["due"]))


def _preset(name: str) -> Any:
    return yaml.safe_load((_FOLDER / f"{name}.yaml").read_text())
