"""Accounts by what people type of their number: the whole, or its end of four or more digits."""

import re
from itertools import islice

from django.db.models import Q, QuerySet

from keheng.common.keys import key_ring
from keheng.customers.models import Customer
from keheng.customers.permissions import shown_to
from keheng.customers.values import identity
from keheng.org.models import Staff
from keheng.portfolio.models import Account
from keheng.portfolio.permissions import VIEW

PURPOSE = "portfolio.account"
TAIL = 4
"""Characters at the end of a number that its stored tail stands for."""

_END = re.compile(r"[A-Z0-9]{0,36}\d{4}")
_WHOLE = re.compile(r"[A-Z0-9]{6,40}")


def accounts_numbered(reader: Staff, text: str, limit: int) -> list[Account]:
    """The accounts that ``text`` may mean, of the largest customers first, by one statement."""
    found = _candidates(reader, text).select_related("customer", "product").order_by("-customer__aum", "-pk")
    if _is_tail(text):
        return list(found[:limit])
    return list(islice((account for account in found if _ends_with(account.number, text)), limit))


def customers_by_account(reader: Staff, text: str) -> set[int]:
    """The customers whose account number is, or ends with, ``text``; by one statement."""
    found = _candidates(reader, text).order_by()
    if _is_tail(text):
        return set(found.values_list("customer", flat=True))
    return {key for key, number in found.values_list("customer", "number") if _ends_with(number, text)}


def _candidates(reader: Staff, text: str) -> "QuerySet[Account]":
    """Those with this number or these last four digits, of customers in scope whose account numbers the reader is
    shown at all. What was typed before the last four is compared with the opened number: it is stored nowhere."""
    number = _normal(text)
    if not reader.can(VIEW) or not (_END.fullmatch(number) or _WHOLE.fullmatch(number)):
        return Account.objects.none()
    known = Q(number_index=key_ring().blind_index(number, PURPOSE))
    if _END.fullmatch(number):
        known = Q(number_tail=key_ring().blind_tail(number, PURPOSE))
    visible = Customer.objects.visible_to(reader).order_by().values("pk")
    return Account.objects.filter(known, shown_to(reader, "account", "customer__"), customer__in=visible)


def _is_tail(text: str) -> bool:
    return len(_normal(text)) <= TAIL


def _ends_with(number: str | None, text: str) -> bool:
    return (number or "").upper().endswith(_normal(text))


def _normal(text: str) -> str:
    return identity.normal(text).replace("-", "").upper()
