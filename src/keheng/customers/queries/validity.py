"""What cannot be right in an archive, as SQL over all customers or a few (A1: invalid, wrong data).

Each check is a query of ``customer_id``, ``contact`` (a kind of contact point, or empty) and ``amount``. ``{some}`` in
it becomes a condition on ``c.id``; ``%(limit)s`` is the check's limit. Sealed values cannot be checked by SQL: what is
wrong with them is found when they are opened (``operations.validity``).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

_TODAY = "(now() at time zone 'Asia/Shanghai')::date"


@dataclass(frozen=True)
class SqlCheck:
    """One check; ``limit`` says what its limit means, empty where it has none.

    ``asks_owner``: it is about who answers for the customer, and about nothing else.
    """

    code: str
    label: "StrPromise"
    remedy: "StrPromise"
    sql: str = ""
    limit: "StrPromise | str" = ""
    limit_unit: "StrPromise | str" = ""
    asks_owner: bool = False

    @property
    def is_sealed(self) -> bool:
        return not self.sql


def _of(condition: str, joins: str = "") -> str:
    return (
        f"select c.id, '', null::int from customers_customer c {joins}"
        f" where c.status <> 'closed' and ({condition}) and {{some}}"
    )


CHECKS: dict[str, SqlCheck] = {
    check.code: check
    for check in (
        SqlCheck(
            "document",
            _("document number is not valid"),
            _("Compare the number with the document and enter it anew."),
        ),
        SqlCheck(
            "document_birth",
            _("date of birth differs from the identity number"),
            _("Compare both with the document and correct the wrong one."),
        ),
        SqlCheck(
            "document_sex",
            _("sex differs from the identity number"),
            _("Compare with the document and correct the sex."),
        ),
        SqlCheck(
            "contact",
            _("telephone or e-mail is not valid"),
            _("Ask the customer for the right one and enter it."),
        ),
        SqlCheck(
            "birth_future",
            _("date of birth lies in the future"),
            _("Correct the date of birth."),
            _of(f"c.birth_date > {_TODAY}"),
        ),
        SqlCheck(
            "age",
            _("age is not plausible"),
            _("Check the date of birth."),
            _of(f"c.kind = 'person' and extract(year from age({_TODAY}, c.birth_date)) > %(limit)s"),
            _("oldest age"),
            pgettext_lazy("age", "years"),
        ),
        SqlCheck(
            "opened_before_birth",
            _("customer since before the date of birth"),
            _("Correct the date of birth, or have the core system correct the opening date."),
            _of("c.kind = 'person' and c.opened_on < c.birth_date"),
        ),
        SqlCheck(
            "opened_future",
            _("customer since a date in the future"),
            _("Have the core system correct the opening date."),
            _of(f"c.opened_on > {_TODAY}"),
        ),
        SqlCheck(
            "unreachable",
            _("no telephone of any kind"),
            _("Ask for a mobile number at the next visit to the counter."),
            _of(
                "c.status = 'active' and not exists (select from customers_contactpoint p where p.customer_id = c.id"
                " and p.kind in ('mobile', 'phone', 'backup'))"
            ),
        ),
        SqlCheck(
            "shared_phone",
            _("one telephone for many customers"),
            _("Ask whose number it is; an agent's or a colleague's number is none of the customer's."),
            """
            select c.id, p.kind, max(shared.size)::int
              from (select value_tail, value_index, count(distinct customer_id) as size from customers_contactpoint
                     where kind in ('mobile', 'phone', 'backup') group by 1, 2
                    having count(distinct customer_id) > %(limit)s) shared
              join customers_contactpoint p on (p.value_tail, p.value_index) = (shared.value_tail, shared.value_index)
              join customers_customer c on c.id = p.customer_id and c.status <> 'closed'
             where p.kind in ('mobile', 'phone', 'backup') and {some}
             group by 1, 2
            """,
            _("so many may share one"),
            _("customers"),
        ),
        SqlCheck(
            "no_owner",
            _("nobody answers for the customer"),
            _("Assign a relationship manager."),
            _of("c.owner_id is null and c.tier_rank >= %(limit)s"),
            _("from tier rank"),
            asks_owner=True,
        ),
        SqlCheck(
            "owner_left",
            _("the relationship manager has left"),
            _("Assign another relationship manager."),
            _of("not staff.is_active", "join org_staff staff on staff.id = c.owner_id"),
            asks_owner=True,
        ),
        SqlCheck(
            "name",
            _("name is a placeholder"),
            _("Enter the name as on the document."),
            _of(r"c.name ~ '[0-9*?？]|测试|无名|不详|^(客户|先生|女士|某)' and c.kind = 'person'"),
        ),
        SqlCheck(
            "kind",
            _("a person with the name of a company"),
            _("Close the archive and open one for the company."),
            _of("c.kind = 'person' and c.name ~ '(公司|商行|经营部|合作社|工厂|事务所)$'"),
        ),
        SqlCheck(
            "reported",
            _("telephone reported as wrong"),
            _("Ask for the right number, enter it and remove the wrong one."),
        ),
    )
}
PHONE_CHECKS = ("contact", "reported", "shared_phone", "unreachable")
"""The checks whose findings make the work list of invalid phones."""
