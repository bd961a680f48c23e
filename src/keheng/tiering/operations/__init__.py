"""Writes: presets, evaluations."""

from keheng.tiering.operations.evaluation import evaluate, request_evaluation
from keheng.tiering.operations.presets import load_presets

__all__ = ["evaluate", "load_presets", "request_evaluation"]
