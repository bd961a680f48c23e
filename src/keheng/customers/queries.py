"""Finding customers by what people type: names, pinyin, numbers, the last digits of a number."""

import re
from enum import Enum

from django.db.models import Q, QuerySet

from keheng.common.keys import key_ring
from keheng.common.pinyin import spell
from keheng.customers.enums import CustomerKind
from keheng.customers.models import ContactPoint, Customer
from keheng.org.models import Staff

COMPANIES_CONSIDERED = 200
"""A part of a company's name is looked for among all companies; so many of the largest hits are kept."""

FEW = 2_000
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
    LATIN = "latin"


def shape_of(text: str) -> Shape:
    """Tell what a text looks like: a name in Chinese, a whole document number, a tail of four, a phone, else latin."""
    compact = text.replace(" ", "").upper()
    if not compact:
        return Shape.NOTHING
    if _HAN.search(compact):
        return Shape.NAME
    if _IDENTITY.fullmatch(compact):
        return Shape.IDENTITY
    if _TAIL.fullmatch(compact):
        return Shape.TAIL
    if _DIGITS.fullmatch(compact):
        return Shape.PHONE
    return Shape.LATIN


def matching(customers: "QuerySet[Customer]", text: str) -> "QuerySet[Customer]":
    """Narrow ``customers`` to those that ``text`` may mean.

    - Chinese: the beginning of a person's or any part of a company's name;
    - four digits (the last may be X): the end of a phone or document number;
    - a whole document number or phone: exactly it, through the blind index;
    - letters: the beginning of the spelling or of the initials;
    - anything: the beginning of the customer number.
    """
    text = text.strip()
    match shape_of(text):
        case Shape.NOTHING:
            return customers
        case Shape.NAME:
            return _by_keys_if_few(customers, _named(customers, text.replace(" ", "")))
        case Shape.IDENTITY:
            return customers.filter(_identity(text.replace(" ", "").upper()) | Q(number__startswith=text))
        case Shape.TAIL:
            return customers.filter(_tail(text.replace(" ", "").upper()) | Q(number__startswith=text))
        case Shape.PHONE:
            return customers.filter(Q(pk__in=_reached_by(text)) | Q(number__startswith=text))
        case _:
            return _by_keys_if_few(customers, _spelt(text))


def search(staff: Staff, text: str, limit: int = 8) -> list[Customer]:
    """The largest visible customers that ``text`` may mean; nothing for an empty text."""
    if shape_of(text) is Shape.NOTHING:
        return []
    found = matching(Customer.objects.visible_to(staff), text).order_by("-aum", "-pk")
    return list(found.select_related("branch")[:limit])


def _by_keys_if_few(customers: "QuerySet[Customer]", condition: Q) -> "QuerySet[Customer]":
    """Narrow by the keys themselves where the condition holds for few.

    Left to itself the planner may walk a million rows in order of AUM, hoping to meet the few soon.
    """
    narrowed = customers.filter(condition)
    keys = list(narrowed.order_by().values_list("pk", flat=True)[: FEW + 1])
    return customers.filter(pk__in=keys) if len(keys) <= FEW else narrowed


def _named(customers: "QuerySet[Customer]", name: str) -> Q:
    spelling, _ = spell(name)
    begins = Q(pinyin__startswith=spelling, name__startswith=name)
    companies = customers.filter(kind=CustomerKind.COMPANY, name__contains=name).order_by("-aum", "-pk")
    found = list(companies.values_list("pk", flat=True)[:COMPANIES_CONSIDERED])
    return begins | Q(pk__in=found) if found else begins


def _spelt(text: str) -> Q:
    latin = re.sub(r"[^a-z0-9]", "", text.lower())
    number = Q(number__startswith=text.upper()) | Q(number__startswith=text)
    return Q(initials__startswith=latin) | Q(pinyin__startswith=latin) | number if latin else number


def _identity(number: str) -> Q:
    ring = key_ring()
    return Q(
        id_tail=ring.blind_tail(number, "customers.id_number"), id_index=ring.blind_index(number, "customers.id_number")
    )


def _tail(text: str) -> Q:
    ring = key_ring()
    reached = ContactPoint.objects.filter(value_tail=ring.blind_tail(text, "customers.contact"))
    return Q(id_tail=ring.blind_tail(text, "customers.id_number")) | Q(
        pk__in=list(reached.values_list("customer", flat=True))
    )


def _reached_by(text: str) -> list[int]:
    ring = key_ring()
    found = ContactPoint.objects.filter(
        value_tail=ring.blind_tail(text, "customers.contact"), value_index=ring.blind_index(text, "customers.contact")
    )
    return list(found.values_list("customer", flat=True))
