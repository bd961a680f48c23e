"""Which keys of a file came before? Remembered as 64-bit marks in sorted runs: 16 bytes a row, whatever the keys."""

import numpy as np
import numpy.typing as npt
import polars as pl

_LONGEST_RUN = 1_000_000  # marks; merging longer ones would take more memory than it saves time

type Marks = npt.NDArray[np.uint64]
type Rows = npt.NDArray[np.int64]


class SeenKeys:
    """The keys of the rows so far. Two different keys of ten million share a mark in one of 300,000 such files."""

    def __init__(self) -> None:
        self._runs: list[tuple[Marks, Rows]] = []

    def first_rows(self, keys: pl.Series, rows: pl.Series) -> pl.Series:
        """For each key the row where it stood first, null where this is the first; then remember the keys.

        Null keys are never seen.
        """
        marks = keys.hash(seed=0).to_numpy()
        numbers = rows.to_numpy()
        there = keys.is_not_null().to_numpy()
        first = np.zeros(len(marks), dtype=np.int64)
        for run_marks, run_rows in reversed(self._runs):  # the earliest row wins
            at = np.searchsorted(run_marks, marks)
            at[at == len(run_marks)] = 0
            hit = run_marks[at] == marks
            first[hit] = run_rows[at[hit]]
        order = np.argsort(marks, kind="stable")
        order = order[there[order]]
        own, place = np.unique(marks[order], return_index=True)
        own_rows = numbers[order][place]
        at = np.searchsorted(own, marks[there])
        inside = own_rows[at]
        first[there] = np.where((first[there] == 0) & (inside != numbers[there]), inside, first[there])
        first[~there] = 0
        self._remember(own, own_rows)
        found = pl.Series(first)
        return found.set(found == 0, None)

    def _remember(self, marks: Marks, rows: Rows) -> None:
        if len(marks):
            self._runs.append((marks, rows))
        while len(self._runs) > 1 and len(self._runs[-2][0]) <= min(2 * len(self._runs[-1][0]), _LONGEST_RUN):
            (left, left_rows), (right, right_rows) = self._runs[-2:]
            both, both_rows = np.concatenate((left, right)), np.concatenate((left_rows, right_rows))
            kept, place = np.unique(both, return_index=True)  # the first of equal marks: the earlier row
            self._runs[-2:] = [(kept, both_rows[place])]
