"""Tiers over HTTP: the same scopes and rights as the pages."""

import keheng.tiering.api.goals
import keheng.tiering.api.moves  # noqa: F401  # they add their endpoints
from keheng.tiering.api.rules import endpoints

__all__ = ["endpoints"]
