"""What an archive may have or lack, as SQL: the fields that completeness weighs (A1 有效资料完备率).

A field is a condition over the customer ``c`` and over the sources it names. Modules above add theirs in
``navigation.py``; weights are data (``RuleTopic.COMPLETENESS``), so a field counts only where the rules weigh it.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import CustomerKind

CUSTOM = "custom_"
"""Before the codes of fields that the institution has added."""

PERSON, COMPANY = CustomerKind.PERSON.value, CustomerKind.COMPANY.value
BOTH = (PERSON, COMPANY)


@dataclass(frozen=True)
class Source:
    """What fields read beside the customer: a query of one row a ``customer_id``.

    Attributes:
        sql: ``{customers}`` in it becomes the condition on ``customer_id`` when few customers are asked for.
    """

    name: str
    sql: str


@dataclass(frozen=True)
class Field:
    """One thing that a complete archive has.

    Attributes:
        sql: true where the customer has it.
        fills: the field of the archive that fills it where its code is another; a kind of contact point is one.
        section: the section of the archive that holds it, where the catalogue cannot know.
        tab: else the tab of the customer's page where it is filled in.
    """

    code: str
    label: str | Promise
    sql: str
    kinds: tuple[str, ...] = BOTH
    source: str = ""
    fills: str = ""
    section: str = ""
    tab: str = ""


_sources: dict[str, Source] = {}
_fields: dict[str, Field] = {}
_idle: list[str] = []


def register_source(source: Source) -> None:
    """Add a source; the same name again replaces it."""
    _sources[source.name] = source


def register_field(*fields: Field) -> None:
    """Add fields; the same code again replaces one."""
    _fields.update({one.code: one for one in fields})


def declare_idle(sql: str) -> None:
    """Say when the business of a customer ``c`` rests: a condition with ``%(idle_below)s`` and ``%(idle_months)s``."""
    _idle[:] = [sql]


def fields() -> dict[str, Field]:
    """All fields by code."""
    return dict(_fields)


def source(name: str) -> Source:
    """The source of a name."""
    return _sources[name]


def idle() -> str:
    """The condition under which a customer is an empty card or a dormant passbook (空卡、睡眠折)."""
    return _idle[0] if _idle else "false"


register_source(
    Source(
        "points",
        "select customer_id, array_agg(distinct kind) as kinds from customers_contactpoint"
        " where {customers} group by 1",
    )
)
for _name in ("person", "company"):
    register_source(Source(_name, f"select * from customers_{_name} where {{customers}}"))
for _name, _table in (
    ("contacts_of", "customers_keycontact"),
    ("cooperation_with", "customers_cooperation"),
    ("related", "customers_relation"),
):
    register_source(Source(_name, f"select distinct customer_id, true as known from {_table} where {{customers}}"))
register_source(
    Source(
        "assessed",
        "select customer_id, true as known from customers_assessment"
        " where {customers} and is_current and valid_until >= current_date",
    )
)


register_source(
    Source(
        "added",
        "select customer_id, array_agg(definition.code) as codes from customers_customvalue given"
        " join customers_customfield definition on definition.id = given.field_id where {customers} group by 1",
    )
)


def added(code: str, label: str, kinds: tuple[str, ...], section: str) -> Field:
    """A field that the institution has added to the archive."""
    sql = f"added.codes @> array['{code}']::varchar[]"
    return Field(CUSTOM + code, label, sql, kinds, "added", section=section)


def _reached(kind: str, label: str | Promise) -> Field:
    return Field(kind, label, f"points.kinds @> array['{kind}']::varchar[]", source="points")


register_field(
    Field("document", _("Document number"), "c.id_tail is not null", fills="id_number"),
    Field("owner", _("Relationship manager"), "c.owner_id is not null"),
    _reached("mobile", _("Mobile")),
    _reached("phone", _("Telephone")),
    _reached("backup", _("Backup phone")),
    _reached("email", _("E-mail")),
    _reached("wechat", _("WeChat")),
    _reached("address", _("Address")),
    Field("sex", _("Sex"), "c.sex <> ''", (PERSON,)),
    Field("birth_date", _("Date of birth"), "c.birth_date is not null", (PERSON,)),
    Field("occupation", _("Occupation"), "c.occupation <> ''", (PERSON,)),
    Field("education", _("Education"), "c.education <> ''", (PERSON,)),
    Field("marital", _("Marital status"), "c.marital <> ''", (PERSON,)),
    Field("native_place", _("Native place"), "person.native_place <> ''", (PERSON,), "person"),
    Field("employer", _("Employer"), "person.employer <> ''", (PERSON,), "person"),
    Field("position", _("Position"), "person.position <> ''", (PERSON,), "person"),
    Field("annual_income", _("Annual income"), "person.annual_income is not null", (PERSON,), "person"),
    Field("interests", _("Interests"), "person.interests <> '{}' or person.other_interests <> ''", (PERSON,), "person"),
    Field("spending_habit", _("Spending habit"), "person.spending_habit <> ''", (PERSON,), "person"),
    Field("emergency_name", _("Emergency contact"), "person.emergency_name <> ''", (PERSON,), "person"),
    Field("assessment", _("Risk assessment in force"), "assessed.known", (PERSON,), "assessed", tab="archive"),
    Field("relations", _("Family and relations"), "related.known", BOTH, "related", tab="relations"),
    Field("industry", _("Industry"), "company.industry <> ''", (COMPANY,), "company"),
    Field("employees", _("Employees"), "company.employees is not null", (COMPANY,), "company"),
    Field("annual_sales", _("Annual sales"), "company.annual_sales is not null", (COMPANY,), "company"),
    Field("total_assets", _("Total assets"), "company.total_assets is not null", (COMPANY,), "company"),
    Field("key_contacts", _("Key contacts"), "contacts_of.known", (COMPANY,), "contacts_of", tab="dossier"),
    Field("cooperation", _("Cooperation"), "cooperation_with.known", (COMPANY,), "cooperation_with", tab="dossier"),
)
