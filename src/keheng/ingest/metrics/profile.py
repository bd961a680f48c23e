"""What a profile of movements may say, and where profiles are found."""

from decimal import Decimal
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from keheng.ingest.faults import fault
from keheng.runtime.home import home

_PRESETS = Path(__file__).parent / "presets"


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


def all_profiles() -> list[TransactionProfile]:
    """Every profile that can be named by its code; one of the home folder replaces a shipped one of the same code."""
    files = [*sorted(_PRESETS.glob("*.yaml")), *sorted((home() / "profiles" / "transactions").glob("*.yaml"))]
    return list({profile.code: profile for profile in map(read_profile, files)}.values())


def find_profile(name: str) -> TransactionProfile:
    """Return the profile of this code, or the one in the file of this path (``.yaml``).

    Raises:
        Fault: there is none, or it is wrong; the sentence names the key.
    """
    if name.endswith((".yaml", ".yml")):
        return read_profile(Path(name))
    known = {profile.code: profile for profile in all_profiles()}
    if name not in known:
        raise fault("unknown_profile", profile=name, known=", ".join(known))
    return known[name]


def read_profile(path: Path) -> TransactionProfile:
    """Read one profile and check it."""
    try:
        return TransactionProfile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise fault("missing", file=path) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise fault("unreadable", file=path, problem=error) from error
    except ValidationError as error:
        first = error.errors()[0]
        key = " → ".join(str(part) for part in first["loc"]) or "the top"
        raise fault("profile", profile=path.name, key=key, problem=first["msg"]) from error
