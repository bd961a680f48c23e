"""Anscombe's square root, after which the noise of counts is the same everywhere."""

import numpy as np

from keheng.workforce.policies.history import Array

_SHIFT = 0.375
_MEAN_OF_A_SQUARE = 0.25


def anscombe(calls: Array) -> Array:
    """Counts on the scale of the square root, where one count's noise has the variance 1."""
    return np.asarray(2 * np.sqrt(calls + _SHIFT))


def counts(roots: Array, *, of_means: bool = False) -> Array:
    """The way back, never below 0.

    Args:
        of_means: the roots are means, whose squares lack the variance of one count.
    """
    shift = _SHIFT - _MEAN_OF_A_SQUARE * of_means
    return np.asarray(np.maximum(np.maximum(roots, 0) ** 2 / 4 - shift, 0))
