"""Writes of care, a file a topic."""

from keheng.care.operations.presets import load_presets

__all__ = ["load_presets"]
