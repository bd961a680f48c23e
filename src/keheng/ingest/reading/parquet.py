"""Parquet files, whose columns have types already: they pass through text like everything else."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from keheng.ingest.faults import fault
from keheng.ingest.reading.chunk import CHUNK_ROWS, ROW, Chunk


class ParquetFile:
    """Row 1 is the first row of data: there is no heading row."""

    first_row = 1

    def __init__(self, path: Path) -> None:
        try:
            self._frame = pl.scan_parquet(path)
            schema = self._frame.collect_schema()
            self.size = int(self._frame.select(pl.len()).collect().item())
        except (pl.exceptions.PolarsError, OSError) as error:
            raise fault("damaged", file=path.name, problem=str(error).splitlines()[0]) from error
        self._path = path
        self.headings = [name for name, kind in schema.items() if not (kind.is_nested() or kind == pl.Binary)]

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows as text."""
        text = self._frame.select(pl.col(self.headings).cast(pl.String))
        for first in range(0, self.size, CHUNK_ROWS):
            try:
                frame = text.slice(first, CHUNK_ROWS).collect()
            except pl.exceptions.PolarsError as error:
                raise fault("damaged", file=self._path.name, problem=str(error).splitlines()[0]) from error
            numbers = pl.Series(ROW, range(first + 1, first + frame.height + 1), dtype=pl.Int64)
            yield Chunk(frame.with_columns(numbers), first + frame.height)
