"""The archive over HTTP, by topic."""

from keheng.customers.api import (
    documents,
    dossier,
    papers,
    potentials,
    privacy,
    quality,
    relations,
    rules,
    sections,
)
from keheng.customers.api.archive import endpoints

__all__ = [
    "documents",
    "dossier",
    "endpoints",
    "papers",
    "potentials",
    "privacy",
    "quality",
    "relations",
    "rules",
    "sections",
]
