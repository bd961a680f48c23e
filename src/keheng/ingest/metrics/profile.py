"""What a profile of movements may say, and where profiles are found."""

from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from keheng.ingest.profiles.library import Library


class TransactionProfile(BaseModel):
    """A kind of file of movements.

    ``query`` is SQL of DuckDB over the table ``file``, whose columns are texts where the file is no Parquet; it yields
    the columns of :data:`.catalogue.TRANSACTIONS`, and those of ``ORIGIN`` where the file states balances. What it
    cannot read it leaves null, and the file is refused with the number of such rows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    name: str
    name_en: str
    about: str = ""
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    factor: Decimal = Field(default=Decimal(1), gt=0)
    """CNY for one unit of the file's currency."""
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: Literal["utf-8", "latin-1"] = "utf-8"
    fills: tuple[Literal["deposits", "aum"], ...] = ()
    """The figures of a customer that these accounts are the whole of."""
    query: str


LIBRARY = Library(TransactionProfile, Path(__file__).parent / "presets", Path("profiles", "transactions"))
