"""What a profile may say. Unknown keys and values that cannot work are refused with the key's name."""

import string
from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from keheng.ingest.enums import Kind
from keheng.ingest.profiles.targets import ACCOUNT_TARGETS, TARGETS, Target
from keheng.portfolio.enums import ProductKind

type Word = Annotated[str, Field(min_length=1, coerce_numbers_to_str=True)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Part):
    """One field and the headings under which a file may carry it."""

    headings: tuple[Word, ...] = Field(min_length=1)
    type: Kind | None = None
    required: bool = False
    values: dict[Word, str | int | bool] = {}
    """For choices: the file's word and what is stored; words compare without case."""
    template: str | None = None
    """A pattern with ``{value}``, such as ``客户 B-{value:0>6}``, that makes the stored text."""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    factor: Decimal | None = Field(default=None, gt=0)
    """In place of the profile's, for amounts in another unit."""

    @model_validator(mode="after")
    def _template_has_its_place(self) -> Self:
        if self.template is not None:
            try:
                places = [name for _, name, _, _ in string.Formatter().parse(self.template) if name is not None]
                self.template.format(value="1")
            except (ValueError, KeyError, IndexError) as error:
                raise ValueError(f"the template cannot be filled ({error})") from error
            if places != ["value"]:
                raise ValueError("the template needs {value} once")
        return self


class Source(_Part):
    """One file of a folder; its columns are known to the query under the name of the source."""

    file: Word


class Product(_Part):
    """The product that the accounts of a file belong to; made when it is missing."""

    code: str = Field(max_length=40)
    name: str = Field(max_length=80)
    kind: ProductKind


class Accounts(_Part):
    """How accounts are read from the files of a folder."""

    query: str
    product: Product
    columns: dict[str, Column]

    @model_validator(mode="after")
    def _fields_exist(self) -> Self:
        _check_columns(self.columns, ACCOUNT_TARGETS)
        return self


class Control(_Part):
    """Where the sender states how many rows there are and what they add up to."""

    side_file: str | None = None
    """Name of a file beside the data, with ``{stem}`` for the data's name without its ending."""
    footer: tuple[Word, ...] = ()
    """Words in the number's column that mark a last row of totals: count under the name, sums under amounts."""


class Profile(_Part):
    """A kind of file: where it comes from, what its columns mean, how it is counted."""

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    name: str
    name_en: str
    about: str = ""
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    factor: Decimal = Field(default=Decimal(1), gt=0)
    """CNY for one unit of the file's currency."""
    as_of: date | None = None
    """The date of the figures where neither a column nor the person who loads names one."""
    branch: str = "HO"
    """The code of the branch of new customers whose row names none."""
    kind: str = Field(default="person", pattern="^(person|company)$")
    """What new customers are whose row does not say."""
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    encoding: str | None = None
    sources: dict[Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*$")], Source] = {}
    """The files of a folder, where the data are spread over several; ``query`` makes customers of them."""
    query: str | None = None
    columns: dict[str, Column]
    accounts: Accounts | None = None
    control: Control = Control()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        _check_columns(self.columns, TARGETS)
        if bool(self.sources) != (self.query is not None):
            raise ValueError("sources and query go together: the query makes rows of the sources")
        if self.accounts and not self.sources:
            raise ValueError("accounts are read from sources")
        return self

    @property
    def reads_folder(self) -> bool:
        return bool(self.sources)

    def kind_of(self, field: str) -> Kind:
        """How the column of a field is read."""
        return self.columns[field].type or TARGETS[field].kind


def _check_columns(columns: dict[str, Column], targets: dict[str, Target]) -> None:
    for name, column in columns.items():
        target = targets.get(name)
        if target is None:
            raise ValueError(f"{name} is no field; fields are {', '.join(targets)}")
        if column.type and column.type not in target.kinds:
            raise ValueError(f"{name} cannot be read as {column.type}; possible: {', '.join(target.kinds)}")
        kind = column.type or target.kind
        if (kind == Kind.CHOICE) != bool(column.values):
            raise ValueError(f"{name}: values go with columns of type choice, and with no other")
    if "number" not in columns:
        raise ValueError("a column for number is needed: it is the key")
