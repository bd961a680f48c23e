"""The plain models: the same weekday again, and the mean of its last four."""

import numpy as np

from keheng.workforce.policies.forecasting.days import Asked, Days
from keheng.workforce.policies.history import Array


def last_same_weekday(days: Days, asked: Asked) -> Array:
    """The last day of the same weekday; the last day of all for a weekday never seen."""
    same = days.calls[days.weekdays == asked.day.weekday()]
    return np.asarray((same if len(same) else days.calls)[-1])


def mean_of_same_weekdays(days: Days, asked: Asked) -> Array:
    """The mean of the last four days of the same weekday."""
    same = days.calls[days.weekdays == asked.day.weekday()]
    return np.asarray((same if len(same) else days.calls)[-4:].mean(axis=0))
