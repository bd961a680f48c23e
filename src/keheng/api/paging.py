"""Lists in pages by key: the next page begins after the last row of this one, however many rows come in between.

The place in a list is sealed text, for it holds the values that the list is sorted by.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from keheng.common.crypto import UnreadableValue
from keheng.common.keys import key_ring

_PURPOSE = "api.place"


class Paging(Schema):
    """Which part of a list to give."""

    limit: Annotated[int, Field(ge=1, le=200, description="rows, 1 to 200")] = 50
    after: Annotated[str, Field(max_length=600, description="“next” of the page before")] = ""


class Page[Row](Schema):
    """A part of a list; ``next`` is empty on the last page."""

    items: list[Row]
    next: str = ""


def page_of[M: Model](
    queryset: "QuerySet[M]",
    paging: Paging,
    *,
    order: Sequence[str],
    shape: Callable[[list[M]], list[Any]],
) -> dict[str, Any]:
    """One page of ``queryset`` in ``order``: fields of one direction that are never empty, the last of them unique.

    Args:
        order: such as ``("-aum", "-pk")``; an index should begin so.
        shape: turns the rows of the page into what the list shows, as a set.

    Raises:
        ValidationError: ``after`` is no place of this list.
    """
    names = [field.removeprefix("-") for field in order]
    below = order[0].startswith("-")
    if paging.after:
        place = _opened(paging.after, order)
        beyond = TupleLessThan if below else TupleGreaterThan
        queryset = queryset.filter(beyond(tuple(names), tuple(place)))
    rows = list(queryset.order_by(*order)[: paging.limit + 1])
    page, more = rows[: paging.limit], len(rows) > paging.limit
    return {"items": shape(page), "next": _sealed([getattr(page[-1], name) for name in names], order) if more else ""}


def _sealed(place: list[Any], order: Sequence[str]) -> str:
    text = json.dumps([list(order), *place], cls=DjangoJSONEncoder)
    return base64.urlsafe_b64encode(key_ring().encrypt(text, _PURPOSE)).decode().rstrip("=")


def _opened(text: str, order: Sequence[str]) -> list[Any]:
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        asked, *place = json.loads(key_ring().decrypt(sealed, _PURPOSE))
    except (binascii.Error, UnreadableValue, ValueError) as error:
        raise ValidationError({"after": _("This is no place of this list; begin without it.")}) from error
    if asked != list(order):
        raise ValidationError({"after": _("This is the place of another list; begin without it.")})
    return list(place)
