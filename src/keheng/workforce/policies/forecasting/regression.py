"""Ridge regression whose strength the data choose."""

import numpy as np

from keheng.workforce.policies.history import Array

_STRENGTHS = np.geomspace(0.3, 300, 10)


def predict(known: Array, outcome: Array, weights: Array, asked: Array) -> float:
    """Predict an outcome by weighted ridge regression through the origin.

    The strength is the one with the smallest leave-one-out error, which the singular values give without refitting.

    Args:
        known: cases × features.
        outcome: one value a case.
        weights: weight of each case.
        asked: the features to predict for.
    """
    root = np.sqrt(weights)
    cases, target = known * root[:, None], outcome * root
    scale = cases.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    left, sizes, right = np.linalg.svd(cases / scale, full_matrices=False)
    shadow = left.T @ target
    best, found = np.inf, np.zeros(known.shape[1])
    for strength in _STRENGTHS:
        shrink = sizes**2 / (sizes**2 + strength)
        leverage = np.minimum((left**2 * shrink).sum(axis=1), 1 - 1e-6)
        error = float((((target - left @ (shrink * shadow)) / (1 - leverage)) ** 2).sum())
        if error < best:
            best = error
            found = right.T @ (sizes / (sizes**2 + strength) * shadow) / scale
    return float(asked @ found)
