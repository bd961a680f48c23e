"""Tiers over HTTP: the same scopes and rights as the pages."""

import keheng.tiering.api.moves  # noqa: F401  # adds its endpoints
from keheng.tiering.api.rules import endpoints

__all__ = ["endpoints"]
