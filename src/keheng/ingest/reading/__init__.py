"""Files as tables of text: what kind of file it is, its headings, its rows chunk by chunk, exact row numbers."""

from keheng.ingest.reading.chunk import PLACE, ROW, Chunk, Table
from keheng.ingest.reading.opening import open_table

__all__ = ["PLACE", "ROW", "Chunk", "Table", "open_table"]
