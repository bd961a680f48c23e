"""The kinds of request. A module registers its own in ``navigation.py``:

register(Kind("privacy.erase", _("Erase personal data"), _("May this person's data be erased?")))
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

type Text = str | Promise


@dataclass(frozen=True)
class Kind:
    """One kind of request. Nobody ever approves their own (A15, two-person operations).

    Attributes:
        code: ``module.topic``.
        question: what the approver is asked, as one sentence.
        rank_name: what the rank means (such as the tier); empty where the kind has none.
        in_bulk: decided as sets, told by ``RequestsDecided``.
        evidence: a request → what it rests on, as pairs of words; without it ``payload["evidence"]`` is shown.
    """

    code: str
    name: Text
    question: Text
    rank_name: Text = ""
    in_bulk: bool = False
    evidence: Callable[[Any], Sequence[tuple[str, str]]] | None = None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; the same code again replaces it."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> Kind:
    """The kind with this code; one that nobody has registered is told by its code."""
    return _kinds.get(code) or Kind(code, code, "")


def kinds() -> dict[str, Kind]:
    """All kinds by code."""
    return dict(sorted(_kinds.items()))


def choices() -> list[tuple[str, str]]:
    """Codes and names, for filters."""
    return [(code, str(kind.name)) for code, kind in kinds().items()]
