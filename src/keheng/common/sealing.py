"""Personal data in bulk: a column of texts encrypted and indexed at once."""

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from keheng.common.crypto import KeyRing
from keheng.common.keys import key_ring


@dataclass(frozen=True)
class Sealed:
    """A column of personal data as it is stored: encrypted, with blind index and tail; null stays null."""

    values: pl.Series
    indexes: pl.Series
    tails: pl.Series


def seal(texts: pl.Series, purpose: str) -> Sealed:
    """Seal a column of texts in their normal form; ``purpose`` as on the field (``EncryptedTextField``)."""
    ring = key_ring()
    cells = texts.to_list()
    ends = texts.str.tail(4)
    different = ends.drop_nulls().unique()
    tails = pl.Series([_tail(ring.index_key, purpose, end) for end in different], dtype=pl.Int32)
    return Sealed(
        values=pl.Series(ring.encrypt_many(cells, purpose), dtype=pl.Binary),
        indexes=pl.Series(ring.blind_index_many(cells, purpose), dtype=pl.Binary),
        tails=ends.replace_strict(different, tails, default=None, return_dtype=pl.Int32),
    )


@lru_cache(maxsize=50_000)
def _tail(index_key: bytes, purpose: str, end: str) -> int:
    """The tail of four characters; numbers have but ten thousand different ones."""
    return KeyRing({}, 0, index_key).blind_tail(end, purpose)
