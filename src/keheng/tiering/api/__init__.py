"""Tiers over HTTP: the same scopes and rights as the pages."""

from keheng.tiering.api.rules import endpoints

__all__ = ["endpoints"]
