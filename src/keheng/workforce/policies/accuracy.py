"""How far forecasts were from what came."""

from dataclasses import dataclass

import numpy as np

from keheng.workforce.policies.history import Array


@dataclass(frozen=True)
class Accuracy:
    """Errors of forecasts over many intervals, in percent; None where nothing could be compared.

    Attributes:
        mape: mean of |error| ÷ actual over intervals with calls.
        wape: sum of |error| ÷ sum of actual.
        bias: sum of error ÷ sum of actual; above 0 too much was forecast.
    """

    mape: float | None
    wape: float | None
    bias: float | None


def accuracy(actual: Array, forecast: Array) -> Accuracy:
    """Compare forecasts with what came; intervals where either is NaN are left out."""
    there = ~(np.isnan(actual) | np.isnan(forecast))
    came, said = actual[there], forecast[there]
    error, total = said - came, came.sum()
    if total <= 0:
        return Accuracy(None, None, None)
    some = came > 0
    return Accuracy(
        mape=float(np.mean(np.abs(error[some]) / came[some]) * 100),
        wape=float(np.abs(error).sum() / total * 100),
        bias=float(error.sum() / total * 100),
    )


def scaled_error(actual: Array, forecast: Array, naive: Array) -> float | None:
    """MASE: the mean absolute error as a share of that of a naive forecast, over the intervals both know."""
    there = ~(np.isnan(actual) | np.isnan(forecast) | np.isnan(naive))
    if not there.any():
        return None
    naive_error = float(np.abs(naive[there] - actual[there]).mean())
    return float(np.abs(forecast[there] - actual[there]).mean()) / naive_error if naive_error > 0 else None
