"""The rest of today, once some of it is known."""

import numpy as np

from keheng.workforce.policies.history import Array

_STRENGTH = 150.0
"""So many contacts as forecast are added to those that came: a day's level is known to about 8 % beforehand."""


def rest_of_day(forecast: Array, actual: Array) -> tuple[Array, float]:
    """The day as it will go: what came, then the forecast at the level that it shows.

    Args:
        forecast: contacts an interval; NaN where closed.
        actual: what came so far, of the same shape; NaN from now on.

    Returns:
        The day, and the factor of its level.
    """
    known = ~np.isnan(actual) & ~np.isnan(forecast)
    came, said = float(actual[known].sum()), float(forecast[known].sum())
    factor = (came + _STRENGTH) / (said + _STRENGTH)
    return np.where(np.isnan(actual), forecast * factor, actual), factor
