"""Rows of customers whom a merge made one: the core system still delivers one for each of their numbers."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl

from keheng.ingest.checking.rows import Checked


def part_of(checked: Checked, numbers: pl.Series) -> Checked:
    """The rows of a chunk that belong to these numbers."""
    own = pl.DataFrame({"number": numbers})
    frames: dict[str, Any] = {
        name: frame.join(own, on="number", how="semi") if frame.width else frame
        for name, frame in _frames(checked).items()
    }
    return replace(checked, **frames)


def as_one(parts: Sequence[Checked], united: pl.DataFrame) -> Checked:
    """The rows of all numbers as rows of the number that the customer bears now.

    Facts are those of the present number's row. Figures are added up, and left alone where the file does not state
    all of the customer's numbers: a part would pass for the whole.
    """
    frames: dict[str, Any] = {
        name: pl.concat([_frames(part)[name] for part in parts], how="diagonal_relaxed") for name in _frames(parts[0])
    }
    present = united.select("number", "present")
    archive = frames["archive"]
    stated = archive.join(united, on="number").group_by("present").agg(pl.col("number").n_unique().alias("stated"))
    wanted = united.group_by("present").agg(pl.len().alias("wanted"))
    whole = stated.join(wanted, on="present").filter(pl.col("stated") == pl.col("wanted")).select("present")
    frames["archive"] = archive.join(
        present.select(pl.col("present").alias("number")).unique(), on="number", how="semi"
    )
    frames["contacts"] = _renamed(frames["contacts"], present).unique(
        ["number", "kind", "value_index"], keep="first", maintain_order=True
    )
    frames["companies"] = frames["companies"].join(frames["archive"].select("number"), on="number", how="semi")
    if frames["figures"].height:
        figures = _renamed(frames["figures"], present).join(
            whole.rename({"present": "number"}), on="number", how="semi"
        )
        frames["figures"] = figures.group_by("number", maintain_order=True).agg(
            pl.col(name).max() if name in {"as_of", "card_grade"} else _sum(name)
            for name in figures.columns
            if name != "number"
        )
    return replace(parts[0], **frames)


def left_out(parts: Sequence[Checked], one: Checked) -> dict[str, Decimal]:
    """The amounts that the rows state and :func:`as_one` left alone."""
    stated = pl.concat([part.figures for part in parts], how="diagonal_relaxed")
    amounts = [name for name, kind in stated.schema.items() if isinstance(kind, pl.Decimal)]
    return {name: _total(stated, name) - _total(one.figures, name) for name in amounts}


def _total(figures: pl.DataFrame, name: str) -> Decimal:
    return Decimal(str(figures[name].sum() or 0)) if figures.height else Decimal(0)


def _frames(checked: Checked) -> dict[str, pl.DataFrame]:
    return {name: getattr(checked, name) for name in ("archive", "contacts", "companies", "figures")}


def _renamed(frame: pl.DataFrame, present: pl.DataFrame) -> pl.DataFrame:
    if not frame.height:
        return frame
    return frame.join(present, on="number").drop("number").rename({"present": "number"}).select(frame.columns)


def _sum(name: str) -> pl.Expr:
    """The sum of what is known; nothing where nothing is."""
    column = pl.col(name)
    return pl.when(column.is_not_null().any()).then(column.sum()).alias(name)
