"""Finding customers by what people type: names, pinyin, numbers, the last digits of a number."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import Enum
from functools import reduce
from operator import or_

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, QuerySet, Value

from keheng.common.pinyin import otherwise_read, spellings_of_beginning
from keheng.common.writing import alike, writings
from keheng.customers.archive.keys import found_elsewhere
from keheng.customers.enums import CustomerKind
from keheng.customers.models import Characters, ContactPoint, Customer, NumberAlias
from keheng.customers.values import blind, identity
from keheng.org.models import Staff

COMPANIES_CONSIDERED = 200
"""So many of the largest companies are kept where a part of a name stands in very many."""

SHORTEST_PART = 2
"""One character stands in too many names to be looked for in more than one way."""

SHORTEST_SPELLING = 4
"""Letters from which on a character's other reading is tried as well: fewer are initials, as a rule."""

FEW = 1_000
"""So many keys are quicker named one by one than left to the planner."""

_HAN = re.compile(r"[^\x00-\x7f]")
_IDENTITY = re.compile(r"\d{17}[\dX]|[0-9A-HJ-NPQRTUWXY]{18}")
_TAIL = re.compile(r"\d{3}[\dX]")
_DIGITS = re.compile(r"[\d-]{7,}")


class Shape(Enum):
    """What a text looks like, which decides where it is looked for."""

    NOTHING = "nothing"
    NAME = "name"
    IDENTITY = "identity"
    TAIL = "tail"
    PHONE = "phone"
    EMAIL = "email"
    LATIN = "latin"


def shape_of(text: str) -> Shape:
    """Tell what a text looks like: a name in Chinese, a whole document number, a tail of four, a phone, else latin."""
    compact = _compact(text).upper()
    if not compact:
        return Shape.NOTHING
    if _HAN.search(compact):
        return Shape.NAME
    if _IDENTITY.fullmatch(compact):
        return Shape.IDENTITY
    if _TAIL.fullmatch(compact):
        return Shape.TAIL
    if _DIGITS.fullmatch(compact) or identity.phone(compact).ok:
        return Shape.PHONE
    return Shape.EMAIL if "@" in compact else Shape.LATIN


def matching(customers: "QuerySet[Customer]", text: str, *, reader: Staff | None = None) -> "QuerySet[Customer]":
    """Narrow ``customers`` to those that ``text`` may mean.

    - Chinese, simplified or traditional: the beginning of a person's or any part of a company's name;
    - four digits (the last may be X): the end of a phone or document number;
    - a whole document number, phone or e-mail address: exactly it, through the blind index;
    - letters: the beginning of the spelling or of the initials; 李乐 also by ``liyue``;
    - anything but Chinese: the beginning of the customer number, also of one that a merge has ended;
    - for a ``reader``, also what modules above know by it (:mod:`keheng.customers.archive.keys`): account numbers.
    """
    return customers if shape_of(text) is Shape.NOTHING else _narrowed(customers, _ways(customers, text, reader))


def search(staff: Staff, text: str, limit: int = 8) -> list[Customer]:
    """The largest visible customers that ``text`` may mean; nothing for an empty text.

    Each way is asked for its largest by itself: with one condition the planner has an index to walk, with all of them
    joined by "or" it has none.
    """
    if shape_of(text) is Shape.NOTHING:
        return []
    visible = Customer.objects.visible_to(staff)
    largest: dict[int, Decimal] = {}
    for way in _ways(visible, text, staff):
        largest.update(visible.filter(way).order_by("-aum", "-pk").values_list("pk", "aum")[:limit])
    keys = sorted(largest, key=lambda key: (largest[key], key), reverse=True)[:limit]
    found = Customer.objects.select_related("branch").in_bulk(keys)
    return [found[key] for key in keys]


def _ways(customers: "QuerySet[Customer]", text: str, reader: Staff | None) -> list[Q]:
    """The conditions under which a customer may be meant, each served by one index."""
    compact = _compact(text)
    if shape_of(text) is Shape.NAME:
        return _named(customers, compact)
    number = _numbered(compact)
    if reader is not None and (elsewhere := found_elsewhere(reader, compact)):
        number.append(_among(elsewhere))
    match shape_of(text):
        case Shape.IDENTITY:
            return [_identity(compact.upper()), *number]
        case Shape.TAIL:
            return [*_tail(compact.upper()), *number]
        case Shape.PHONE:
            return [_reached_by(identity.phone(compact).value), *number]
        case Shape.EMAIL:
            return [_reached_by(identity.email(compact).value)]
        case _:
            return [*_spelt(compact), *number]


def _compact(text: str) -> str:
    """Without spaces, full-width characters made half-width, and ü as it is spelled here: v."""
    return identity.normal(text).replace("ü", "v").replace("Ü", "V")


def _narrowed(customers: "QuerySet[Customer]", ways: Sequence[Q]) -> "QuerySet[Customer]":
    """Narrow to those found by any of the ways, each of which one index answers; by their keys where they are few.

    Left to itself the planner may walk a million rows in order of AUM, hoping to meet the few soon. A way that finds
    many stays a condition: as a rule it is the only one, and then its index counts without touching the table.
    """
    keys: set[int] = set()
    broad: list[Q] = []
    for way in ways:
        found = list(customers.filter(way).order_by().values_list("pk", flat=True)[: FEW + 1])
        if len(found) > FEW:
            broad.append(way)
        else:
            keys.update(found)
    if not broad:
        return customers.filter(_among(keys))
    many = reduce(or_, broad)
    others = list(customers.filter(_among(keys)).exclude(many).order_by().values_list("pk", flat=True))
    return customers.filter(many | _among(others) if others else many)


def _among(keys: Iterable[int]) -> Q:
    """``id = any(array)``: one value to bind, however many keys."""
    array = Value(list(keys), output_field=ArrayField(BigIntegerField()))
    return Q(Func(F("pk"), array, template="%(expressions)s)", arg_joiner=" = any(", output_field=BooleanField()))


def _named(customers: "QuerySet[Customer]", name: str) -> list[Q]:
    written: dict[str, list[Q]] = {}
    for writing in writings(name):
        for spelling in spellings_of_beginning(writing):
            written.setdefault(spelling, []).append(Q(name__startswith=writing))
    begins = _any(Q(pinyin__startswith=spelling) & _any(names) for spelling, names in written.items())
    if len(name) < SHORTEST_PART:
        return [begins]
    return [begins, _among(_companies(customers, name))]


def _companies(customers: "QuerySet[Customer]", part: str) -> list[int]:
    """The companies with ``part`` in their name, by the index of its characters; of many, the largest."""
    holds = customers.filter(_any(Q(name__contains=writing) for writing in writings(part)), kind=CustomerKind.COMPANY)
    indexed = holds.alias(characters=Characters("name"))
    for character in part:
        indexed = indexed.filter(characters__overlap=list(alike(character)))
    keys = list(indexed.order_by().values_list("pk", flat=True)[: FEW + 1])
    if len(keys) > FEW:
        keys = list(holds.order_by("-aum", "-pk").values_list("pk", flat=True)[:COMPANIES_CONSIDERED])
    return keys


def _spelt(text: str) -> list[Q]:
    latin = re.sub(r"[^a-z0-9]", "", text.lower())
    latin = re.sub("^lyu", "lv", latin)  # 吕 is LYU in passports
    if len(latin) < SHORTEST_PART:  # one letter: whose initials begin with it are whose spelling does
        return [Q(initials__startswith=latin)] if latin else []
    otherwise = [
        Q(pinyin__startswith=spelling) & _any(Q(name__contains=writing) for writing in writings(character))
        for spelling, character in (otherwise_read(latin) if len(latin) >= SHORTEST_SPELLING else ())
    ]
    return [Q(initials__startswith=latin), Q(pinyin__startswith=latin), *([_any(otherwise)] if otherwise else [])]


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions)


def _numbered(text: str) -> list[Q]:
    """The beginning of a customer number, or of one that a merge has ended."""
    beginnings = {text, text.upper()}
    former = NumberAlias.objects.filter(_any(Q(number__startswith=beginning) for beginning in beginnings))
    keys = list(former.order_by().values_list("customer", flat=True)[:FEW])
    return [*(Q(number__startswith=beginning) for beginning in beginnings), *([_among(keys)] if keys else [])]


def _identity(number: str) -> Q:
    index, tail = blind.id_keys(number)
    return Q(id_tail=tail, id_index=index)


def _tail(text: str) -> list[Q]:
    (_, id_tail), (_, contact_tail) = blind.id_keys(text), blind.contact_keys(text)
    return [Q(id_tail=id_tail), _of_points(ContactPoint.objects.filter(value_tail=contact_tail))]


def _reached_by(value: str) -> Q:
    index, tail = blind.contact_keys(value)
    return _of_points(ContactPoint.objects.filter(value_tail=tail, value_index=index))


def _of_points(points: "QuerySet[ContactPoint]") -> Q:
    return _among(points.order_by().values_list("customer", flat=True))
