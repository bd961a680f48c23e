"""Possible duplicates, found by set-based SQL: customers that share a key become pairs, pairs get a score.

No customer is compared with all others. Each block below is a query of ``key`` and ``customer_id``; those whose key
another customer has too are kept, and joined with themselves. Keys of too many customers are counted only.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from keheng.customers.policies.quality import DuplicateRules

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

_HERE = "status <> 'closed'"
_NUMBERED = (
    f"select id_index::text as key, id as customer_id from customers_customer where id_tail is not null and {_HERE}"
)
_REACHED = """
    select point.value_index::text as key, point.customer_id
      from customers_contactpoint point join customers_customer c on c.id = point.customer_id
     where point.kind = any(%(kinds)s) and c.status <> 'closed'
"""


@dataclass(frozen=True)
class Block:
    """One way in which two customers may turn out to be one: equal values of ``sql``'s ``key``."""

    code: str
    label: "StrPromise"
    sql: str
    values: Mapping[str, Any]


BLOCKS: dict[str, Block] = {
    block.code: block
    for block in (
        Block("document", _("document number"), f"{_NUMBERED} and id_kind <> 'uscc'", {}),
        Block("credit_code", _("credit code"), f"{_NUMBERED} and id_kind = 'uscc'", {}),
        Block("phone", _("telephone"), _REACHED, {"kinds": ["mobile", "phone", "backup"]}),
        Block("email", _("e-mail or WeChat"), _REACHED, {"kinds": ["email", "wechat"]}),
        Block(
            "name_birth",
            _("name and date of birth"),
            f"select name || birth_date::text as key, id as customer_id from customers_customer"
            f" where birth_date is not null and kind = 'person' and {_HERE}",
            {},
        ),
        Block(
            "spelling_tail",
            _("spelling and last digits of a telephone"),
            """
            select c.pinyin || point.value_tail::text as key, c.id as customer_id
              from customers_contactpoint point join customers_customer c on c.id = point.customer_id
             where point.kind in ('mobile', 'phone', 'backup') and c.pinyin <> '' and c.status <> 'closed'
             group by 1, 2
            """,
            {},
        ),
        Block(
            "company_name",
            _("company name"),
            f"""
            select key, customer_id
              from (select regexp_replace(name, %(forms)s, '', 'g') as key, id as customer_id from customers_customer
                     where kind = 'company' and {_HERE}) named
             where key <> ''
            """,
            {},
        ),
    )
}

DOUBTS: dict[str, tuple["StrPromise", str]] = {
    "document_differs": (
        _("documents of the same kind differ"),
        "a.id_kind = b.id_kind and a.id_index <> b.id_index",
    ),
    "birth_differs": (_("dates of birth differ"), "a.birth_date <> b.birth_date"),
    "sex_differs": (_("sexes differ"), "a.sex <> '' and b.sex <> '' and a.sex <> b.sex"),
}
"""What speaks against a pair, over the customers ``a`` and ``b``."""


def words_of(codes: list[str]) -> list[str]:
    """What a pair shares, or what speaks against it, in words."""
    return [str(BLOCKS[code].label if code in BLOCKS else DOUBTS[code][0]) for code in codes]


@contextmanager
def pairs_found(cursor: CursorWrapper, rules: DuplicateRules) -> Iterator[None]:
    """Hold the pairs of all customers in the temporary table ``quality_pairs`` for the length of the block.

    Beside it stands ``quality_shared`` (block, key, customer_id, size): every key that more than one customer has.
    """
    cursor.execute(
        "create temporary table quality_shared (block text, key text, customer_id bigint, size int) on commit drop"
    )
    for weight in rules.evidence:
        block = BLOCKS[weight.key]
        cursor.execute(
            f"""
            insert into quality_shared
            select %(block)s, member.key, member.customer_id, shared.size
              from ({block.sql}) member
              join (select key, count(*) as size from ({block.sql}) keyed group by key having count(*) > 1) shared
                on shared.key = member.key
            """,
            {"block": block.code, "forms": _forms(rules), **block.values},
        )
    cursor.execute("analyze quality_shared")
    weights = (*rules.evidence, *rules.doubts)
    cursor.execute(
        f"""
        create temporary table quality_pairs on commit drop as
        select left_id, right_id, reasons, against,
               round(100 * (1 - {_chance("reasons")}) * coalesce({_chance("against")}, 1))::int as score
          from (select pair.*, array_remove(array[{_doubts(rules)}]::text[], null) as against
                  from (select one.customer_id as left_id, other.customer_id as right_id,
                               array_agg(distinct one.block) as reasons
                          from quality_shared one
                          join quality_shared other on other.block = one.block and other.key = one.key
                           and other.customer_id > one.customer_id
                         where one.size <= %(largest)s
                         group by 1, 2) pair
                  join customers_customer a on a.id = left_id
                  join customers_customer b on b.id = right_id
                 where a.kind = b.kind) judged
        """,
        {
            "largest": rules.largest_block,
            "keys": [weight.key for weight in weights],
            "weights": [weight.weight for weight in weights],
        },
    )
    cursor.execute("delete from quality_pairs where score < %s", [rules.listed_from])
    cursor.execute("analyze quality_pairs")
    yield
    cursor.execute("drop table quality_pairs, quality_shared")


def _chance(keys: str) -> str:
    """The product of what each of the ``keys`` leaves open; null for none."""
    weights = "unnest(%(keys)s::text[], %(weights)s::int[]) as weighed (key, weight)"
    return f"(select exp(sum(ln(1 - weight / 100.0))) from {weights} where weighed.key = any({keys}))"


def _doubts(rules: DuplicateRules) -> str:
    return ", ".join(f"case when {DOUBTS[doubt.key][1]} then '{doubt.key}' end" for doubt in rules.doubts) or "null"


def _forms(rules: DuplicateRules) -> str:
    """What is left out of a company's name: its legal form, brackets, spaces, dots."""
    words = sorted(rules.company_forms, key=len, reverse=True)
    return "|".join([*words, r"[\s()（）·.,，、-]+"])
