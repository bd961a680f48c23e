"""Writes to complaints, by topic."""

from keheng.complaints.operations.presets import load_presets

__all__ = ["load_presets"]
