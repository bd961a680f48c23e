"""What a list page is put together from, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

type Text = str | Promise


@dataclass(frozen=True)
class PageAction:
    """A button of the page head. At most one is ``primary``. With ``post`` it is a form; ``key`` presses it."""

    label: Text
    url: str
    icon: str = ""
    primary: bool = False
    post: bool = False
    key: str = ""


@dataclass(frozen=True)
class BulkAction:
    """Something done to the selected rows: they are posted to ``url_name`` (see ``ListView.selection``).

    Attributes:
        confirm: asked before sending; ``%(count)s`` stands for the number of rows.
    """

    label: Text
    url_name: str
    icon: str = ""
    permission: str = ""
    confirm: Text = ""


@dataclass(frozen=True)
class PresetView:
    """A tab that the product offers: ``query`` is the state of the list, such as ``tier=T4&sort=-aum``."""

    label: Text
    query: str


@dataclass(frozen=True)
class EmptyState:
    """What an empty list says: why it is empty, and the next step."""

    title: Text
    hint: Text = ""
    icon: str = "inbox"
    action_label: Text = ""
    action_url: str = ""


@dataclass(frozen=True)
class Tab:
    """A view as the page shows it."""

    label: str
    url: str
    active: bool
    saved_id: int | None = None
    count: str = ""


@dataclass(frozen=True)
class Header:
    """The head of a column; ``url`` sorts by it where that is offered."""

    label: str
    css: str
    url: str = ""
    direction: str = ""


@dataclass(frozen=True)
class Option:
    """One choice of a filter, with the rows it would leave where the list counts them."""

    value: str
    label: str
    checked: bool
    count: int | None = None


@dataclass(frozen=True)
class Chip:
    """A filter as the page shows it: a button with a panel; with a value it is lit and can be removed.

    ``given`` is the filter's part of the address, kept until the panel is opened.
    """

    name: str
    label: str
    text: str
    remove_url: str
    given: Sequence[tuple[str, str]]

    @property
    def active(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True)
class Panel:
    """The controls of a filter: its choices, or its form field."""

    name: str
    field: object
    options: Sequence[Option]
    multiple: bool


@dataclass(frozen=True)
class ColumnOption:
    """A column in the chooser."""

    name: str
    label: str
    shown: bool
    fixed: bool
