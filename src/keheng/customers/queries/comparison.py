"""Two archives side by side: what differs, and what each of them holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keheng.common.fields import EncryptedTextField, MoneyField
from keheng.common.money import in_wan
from keheng.customers.enums import Disclosure
from keheng.customers.models import Assessment, Company, ContactPoint, Customer, CustomField, CustomValue, Person, Sheet
from keheng.customers.permissions import can_see, disclosure
from keheng.customers.privacy.fields import RISK
from keheng.customers.quality.unification import row_of
from keheng.customers.quality.unification.references import references_to
from keheng.customers.quality.unification.rules import rule_of
from keheng.customers.values.masks import masked_contact, masked_document
from keheng.org.models import Staff

_FACTS = ("name", "document", "sex", "birth_date", "occupation", "education", "marital", "branch", "owner", "status",
          "opened_on", "source")  # fmt: skip
_BESIDE: tuple[type[models.Model], ...] = (Person, Company, Sheet)
_TOLD = {*_BESIDE, ContactPoint}
HIDDEN = "****"
_MASKED = frozenset({"id_number", "emergency_phone"})  # shown as masks anyway


@dataclass(frozen=True)
class Line:
    """One fact of both archives. ``key`` names it in the form; ``preferred`` is the side that has more to say.

    Attributes:
        rows: where a whole row stays or goes with the choice, how each of both is named (``unification.row_of``).
        field: the classified field, where the key does not tell it; empty: shown to whoever sees the list.
        newer: the side that was told last, where that is known.
    """

    key: str
    label: str
    left: str
    right: str
    rows: tuple[str, str] | None = None
    field: str | None = None
    newer: str = "left"

    @property
    def differs(self) -> bool:
        return self.left != self.right

    @property
    def preferred(self) -> str:
        return "right" if self.right and not self.left else self.newer


@dataclass(frozen=True)
class Holdings:
    """How many rows of a table each archive has; both go over to the survivor."""

    label: str
    left: int
    right: int


def facts_side_by_side(left: Customer, right: Customer, reader: Staff) -> list[Line]:
    """The facts of two archives; sealed values as their masks, told apart even where the masks are alike.

    Facts that the rules of confidentiality close to the reader on either side are left out: of those the archive that
    stays keeps its own.
    """
    lines = [_fact(code, left, right) for code in _FACTS]
    for model in _BESIDE:
        rows = {row.pk: row for row in model._default_manager.filter(pk__in=[left.pk, right.pk])}
        if len(rows) == 2:  # one goes over as it is
            lines += _beside(model, rows[left.pk], rows[right.pk])
    lines += [*_assessments(left, right), *_added(left, right)]
    return [line for line in lines if _is_shown(line, left, right, reader)]


def from_lost(lines: Sequence[Line], sides: Mapping[str, str], *, lost: str) -> tuple[list[str], list[str]]:
    """What a merge takes from the archive that goes: facts, and columns and rows beside them (as ``unify`` names them).

    Args:
        sides: ``left`` or ``right`` by the keys of lines; of a line that is not named the survivor keeps its own.
        lost: the side that goes.
    """
    taken = [line for line in lines if line.differs and sides.get(line.key) == lost]
    facts = [line.key for line in taken if line.rows is None and "." not in line.key]
    columns = [line.key for line in taken if line.rows is None and "." in line.key]
    return facts, [*columns, *(line.rows[lost == "right"] for line in taken if line.rows is not None)]


def contacts_side_by_side(left: Customer, right: Customer, reader: Staff) -> list[list[str]]:
    """The contact points of both, masked, as far as the reader may know of them; all of them stay."""
    return [_contacts(customer) if can_see(reader, customer, "contact") else [] for customer in (left, right)]


def holdings_side_by_side(left: Customer, right: Customer) -> list[Holdings]:
    """How many rows of each kind the two archives have; tables of which neither has any are left out."""
    found: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        for reference in references_to(Customer):
            rule = rule_of(reference.table)
            if rule.apart or reference.model in _TOLD or reference.column != "customer_id":
                continue
            cursor.execute(
                "select count(*) filter (where customer_id = %(left)s),"
                " count(*) filter (where customer_id = %(right)s)"
                f" from {reference.table} where customer_id in (%(left)s, %(right)s)",
                {"left": left.pk, "right": right.pk},
            )
            counts = cursor.fetchone()
            if any(counts):
                found[str(reference.model._meta.verbose_name)] = list(counts)
    return [Holdings(label, *counts) for label, counts in sorted(found.items())]


def _is_shown(line: Line, left: Customer, right: Customer, reader: Staff) -> bool:
    code = {"document": "id_number"}.get(line.key, line.key.rpartition(".")[2]) if line.field is None else line.field
    if not code:
        return True
    enough = Disclosure.MASKED if code in _MASKED else Disclosure.OPEN
    return all(disclosure(reader, customer, code) >= enough for customer in (left, right))


def _fact(code: str, left: Customer, right: Customer) -> Line:
    if code == "document":
        masks = [masked_document(customer) for customer in (left, right)]
        if masks[0] == masks[1] and left.id_index != right.id_index:
            masks[1] = f"{masks[1]}（{_('another number')}）"
        return Line(code, _("Document number"), masks[0], masks[1])
    field = Customer._meta.get_field(code)
    label = str(getattr(field, "verbose_name", code))
    return Line(code, label, _told(field, left), _told(field, right))


def _beside(model: type[models.Model], left: Any, right: Any) -> Iterator[Line]:
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        first, second = _told(field, left), _told(field, right)
        if first != second:
            yield Line(f"{model._meta.db_table}.{field.column}", str(field.verbose_name), first, second)


def _assessments(left: Customer, right: Customer) -> Iterator[Line]:
    """Which risk assessment is the current one, where both have one; the newer is proposed."""
    current = {row.customer_id: row for row in Assessment.objects.filter(customer__in=[left, right], is_current=True)}
    if len(current) == 2:
        rows = (current[left.pk], current[right.pk])
        words = [f"{row.grade} · {row.taken_on:%Y-%m-%d} – {row.valid_until:%Y-%m-%d}" for row in rows]
        table = Assessment._meta.db_table
        yield Line(
            "assessment",
            str(Assessment._meta.verbose_name),
            words[0],
            words[1],
            rows=(row_of(table, rows[0].pk), row_of(table, rows[1].pk)),
            field=RISK,
            newer="right" if rows[1].taken_on > rows[0].taken_on else "left",
        )


def _added(left: Customer, right: Customer) -> Iterator[Line]:
    """Fields of the institution's own of which both say something else."""
    values = CustomValue.objects.filter(customer__in=[left, right]).select_related("field").order_by("field__order")
    of_field: dict[CustomField, dict[int, CustomValue]] = {}
    for value in values:
        of_field.setdefault(value.field, {})[value.customer_id] = value
    for added, both in of_field.items():
        if len(both) == 2 and both[left.pk].value != both[right.pk].value:
            rows = (both[left.pk], both[right.pk])
            words = [_words(row.value) for row in rows]
            table = CustomValue._meta.db_table
            names = (row_of(table, rows[0].pk), row_of(table, rows[1].pk))
            yield Line(f"custom.{added.code}", added.label, words[0], words[1], rows=names, field="custom")


def _words(value: Any) -> str:
    """A value of an added field, as its JSON says it."""
    match value:
        case bool():
            return pgettext("a fact", "Yes") if value else pgettext("a fact", "No")
        case list():
            return "、".join(map(str, value))
    return str(value)


def _told(field: Any, row: Any) -> str:
    value = getattr(row, field.name)
    if value is None or value in ("", []):
        return ""
    match field, value:
        case EncryptedTextField(), _value:
            return HIDDEN
        case MoneyField(), _value:
            return in_wan(value)
        case _field, bool():
            return pgettext("a fact", "Yes") if value else pgettext("a fact", "No")
        case _field, list():
            words = dict(getattr(getattr(field, "base_field", None), "choices", None) or ())
            return "、".join(str(words.get(item, item)) for item in value)
    return str(getattr(row, f"get_{field.name}_display")()) if field.choices else str(value)


def _contacts(customer: Customer) -> list[str]:
    return [f"{point.get_kind_display()} {masked_contact(point)}" for point in customer.contact_points.all()]
