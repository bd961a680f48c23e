"""A file, or a folder of files, as one stream of rows under known headings."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import polars as pl

from keheng.ingest.faults import fault
from keheng.ingest.profiles.model import Profile
from keheng.ingest.profiles.recognition import Recognition, known_words, recognise, word
from keheng.ingest.reading import PLACE, ROW, Chunk, Table, open_table
from keheng.ingest.reading.chunk import CHUNK_ROWS


@dataclass(frozen=True)
class Feed:
    """What can be read: the headings, what they mean, the rows chunk by chunk."""

    file: str
    headings: list[str]
    recognition: Recognition
    size: int
    chunks: Callable[[], Iterator[Chunk]]
    accounts: Callable[[], pl.DataFrame] | None = None

    def sample(self, rows: int) -> pl.DataFrame:
        """The first rows as text, under the file's headings and ``ROW``."""
        for chunk in self.chunks():
            if chunk.frame.height:
                return chunk.frame.head(rows)
        raise fault("header_only", file=self.file)


def open_feed(profile: Profile, path: Path, chosen: Mapping[str, str]) -> Feed:
    """Open what the profile reads.

    Args:
        chosen: field → heading, where a person set it.

    Raises:
        Fault: the file or folder cannot be read as the profile says.
    """
    return _open_folder(profile, path) if profile.reads_folder else _open_file(profile, path, chosen)


def files_of(profile: Profile, path: Path) -> list[Path]:
    """The files that the profile reads.

    Raises:
        Fault: the path is missing, or a file where a folder is needed, or the other way round.
    """
    if not path.exists():
        raise fault("missing", file=path)
    if not profile.reads_folder:
        if path.is_dir():
            raise fault("folder", file=path, profile=profile.code)
        return [path]
    names = [source.file for source in profile.sources.values()]
    if not path.is_dir():
        raise fault("not_folder", file=path.name, profile=profile.code, files=", ".join(names))
    for name in names:
        if not (path / name).is_file():
            raise fault("missing_source", folder=path, file=name)
    return [path / name for name in names]


def _open_file(profile: Profile, path: Path, chosen: Mapping[str, str]) -> Feed:
    files_of(profile, path)
    words = known_words(profile.columns)
    table = open_table(
        path, delimiter=profile.delimiter, encoding=profile.encoding, known=lambda heading: word(heading) in words
    )
    if not any(PLACE in column.headings for column in profile.columns.values()):
        headings, chunks = table.headings, table.chunks
    else:
        headings, chunks = [*table.headings, PLACE], partial(_with_places, table)
    return Feed(
        file=path.name,
        headings=headings,
        recognition=recognise(profile.columns, headings, chosen),
        size=table.size,
        chunks=chunks,
    )


def _with_places(table: Table) -> Iterator[Chunk]:
    place = (pl.col(ROW) - table.first_row + 1).cast(pl.String).alias(PLACE)
    for chunk in table.chunks():
        yield replace(chunk, frame=chunk.frame.with_columns(place))


def _open_folder(profile: Profile, path: Path) -> Feed:
    files_of(profile, path)
    frames: dict[str, pl.DataFrame] = {}
    torn = []
    for name, source in profile.sources.items():
        table = open_table(
            path / source.file, delimiter=profile.delimiter, encoding=profile.encoding, known=lambda _heading: False
        )
        chunks = list(table.chunks())
        frames[name] = pl.concat([chunk.frame for chunk in chunks])
        torn += [chunk.torn.with_columns(pl.lit(source.file).alias("field")) for chunk in chunks]
    run = partial(_query, profile, frames)
    rows = run(profile.query or "")
    headings = [name for name in rows.columns if name != ROW]

    def chunks_of_rows() -> Iterator[Chunk]:
        first = pl.concat(torn)
        for at in range(0, max(rows.height, 1), CHUNK_ROWS):
            part = rows.slice(at, CHUNK_ROWS)
            yield Chunk(part, at + part.height, first if at == 0 else first.clear())

    accounts = profile.accounts
    return Feed(
        file=path.name,
        headings=headings,
        recognition=recognise(profile.columns, headings, {}),
        size=rows.height,
        chunks=chunks_of_rows,
        accounts=(lambda: run(accounts.query)) if accounts else None,
    )


def _query(profile: Profile, frames: dict[str, pl.DataFrame], query: str) -> pl.DataFrame:
    try:
        result = pl.SQLContext(frames=frames).execute(query, eager=True)
    except pl.exceptions.PolarsError as error:
        raise fault("query", profile=profile.code, problem=str(error).splitlines()[0]) from error
    if ROW not in result.columns:
        result = result.with_row_index(ROW, offset=1)
    return result.with_columns(pl.col(ROW).cast(pl.Int64), pl.exclude(ROW).cast(pl.String))
