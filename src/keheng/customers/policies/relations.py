"""Which relations there are between customers, how they read from the other side, and which exclude each other (A1)."""

from datetime import date
from enum import Enum, auto

from keheng.customers.enums import CustomerKind, RelationKind

R = RelationKind
SYMMETRIC = frozenset({R.SPOUSE, R.SIBLING, R.RELATIVE})
"""These read the same from both sides; between two customers they are stored once, the smaller key first."""

_PAIRS = {
    R.PARENT: R.CHILD,
    R.GUARANTOR: R.GUARANTEED,
    R.SHAREHOLDER: R.INVESTEE,
    R.REPRESENTATIVE: R.REPRESENTED,
    R.CONTROLLER: R.CONTROLLED,
    R.EMPLOYER: R.EMPLOYEE,
    R.SUPPLIER: R.BUYER,
    R.REFERRER: R.REFERRED,
}
TURNED = frozenset(_PAIRS.values())
"""Between two customers these are stored from the other side; only an outsider stands in them directly."""

INVERSE: dict[RelationKind, RelationKind] = {
    **{kind: kind for kind in SYMMETRIC},
    **_PAIRS,
    **{back: kind for kind, back in _PAIRS.items()},
}
FAMILY = frozenset({R.SPOUSE, R.PARENT, R.CHILD, R.SIBLING, R.RELATIVE})
"""Between two people at most one of these holds."""

HOUSEHOLD = (R.SPOUSE, R.PARENT)
"""The stored relations that make a household."""

ONE_OF_A_KIND = (R.REPRESENTATIVE, R.EMPLOYER)
"""A customer has at most one current such other one."""

WITH_SHARE = frozenset({R.SHAREHOLDER, R.INVESTEE, R.CONTROLLER, R.CONTROLLED})

_PERSON, _COMPANY = CustomerKind.PERSON, CustomerKind.COMPANY
_ANY = frozenset({_PERSON, _COMPANY})
_ENDS: dict[RelationKind, tuple[frozenset[CustomerKind], frozenset[CustomerKind]]] = {
    **{kind: (frozenset({_PERSON}), frozenset({_PERSON})) for kind in FAMILY},
    R.SHAREHOLDER: (frozenset({_COMPANY}), _ANY),
    R.REPRESENTATIVE: (frozenset({_COMPANY}), frozenset({_PERSON})),
    R.CONTROLLER: (frozenset({_COMPANY}), _ANY),
    R.EMPLOYER: (frozenset({_PERSON}), frozenset({_COMPANY})),
}


class Fault(Enum):
    """Why a relation cannot be."""

    SELF = auto()
    WRONG_KIND = auto()
    TOO_YOUNG = auto()


def ends(kind: RelationKind) -> tuple[frozenset[CustomerKind], frozenset[CustomerKind]]:
    """What the customer and the other one may be."""
    if kind in _ENDS:
        return _ENDS[kind]
    if INVERSE[kind] in _ENDS:
        customer, other = _ENDS[INVERSE[kind]]
        return other, customer
    return _ANY, _ANY


def offered(kind: CustomerKind) -> list[RelationKind]:
    """The relations that a customer of this kind can stand in, in their order."""
    return [relation for relation in RelationKind if kind in ends(relation)[0]]


def stored[T: (int, str)](kind: RelationKind, customer: T, other: T) -> tuple[RelationKind, T, T]:
    """The one form in which a relation between two customers is written: kind, customer, other."""
    if kind in TURNED:
        return INVERSE[kind], other, customer
    if kind in SYMMETRIC and other < customer:
        return kind, other, customer
    return kind, customer, other


def fault_of(
    kind: RelationKind,
    *,
    same: bool,
    customer: tuple[CustomerKind, date | None],
    other: tuple[CustomerKind, date | None],
) -> Fault | None:
    """Why ``other`` cannot be the ``kind`` of ``customer``; each is given by kind and date of birth."""
    if same:
        return Fault.SELF
    for_customer, for_other = ends(kind)
    if customer[0] not in for_customer or other[0] not in for_other:
        return Fault.WRONG_KIND
    born, other_born = customer[1], other[1]
    if born and other_born and ((kind == R.PARENT and other_born >= born) or (kind == R.CHILD and born >= other_born)):
        return Fault.TOO_YOUNG
    return None
