"""One archive as a whole: every field with its value, its source and its date."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models

from keheng.common.keys import key_ring
from keheng.customers.archive.catalogue import CUSTOM, ArchiveField, Section, fields_for, sections_for
from keheng.customers.enums import ContactKind, CustomerKind, Disclosure, Source
from keheng.customers.models import Company, ContactPoint, Customer, CustomValue, Person, Provenance, Sheet

_CLOSED = "****"

type Disclose = Callable[[str], Disclosure]
"""How much of a field, by its code, a reader is shown."""


@dataclass(frozen=True)
class Origin:
    """Where a value comes from; ``by`` is a person's name, or the code of a feed's profile."""

    source: Source
    by: str
    at: datetime | None

    @property
    def is_person(self) -> bool:
        """Did people set it, so that feeds leave it alone?"""
        return self.source != Source.FEED


@dataclass(frozen=True)
class Shown:
    """One field of one archive as a page shows it to a reader."""

    field: ArchiveField
    text: str
    origin: Origin
    disclosure: Disclosure

    @property
    def code(self) -> str:
        return self.field.code

    @property
    def label(self) -> str:
        return self.field.label

    @property
    def reveals(self) -> str:
        """What the eye asks for; empty where the value is no secret, or closed to the reader."""
        return self.code if self.field.is_sealed and self.text and self.disclosure >= Disclosure.REVEAL else ""

    @property
    def is_editable(self) -> bool:
        """May the value stand in a form? A sealed one never does: its mask stands beside an empty input."""
        return self.disclosure == Disclosure.OPEN or (self.field.is_sealed and self.disclosure > Disclosure.HIDDEN)


@dataclass
class Archive:
    """Everything that is known of a customer by field; :func:`archive_of` reads it."""

    customer: Customer
    fields: dict[str, ArchiveField]
    records: dict[type[models.Model], models.Model | None]
    custom: dict[str, Any]
    origins: dict[str, Origin]
    points: list[ContactPoint] = field(default_factory=list)

    def value(self, code: str) -> Any:
        """The value of a field; its empty value where nothing is known."""
        known = self.fields[code]
        if known.custom:
            return self.custom.get(code)
        record = self.records.get(known.model) if known.model else None
        return known.empty if record is None else getattr(record, code)

    def text(self, code: str) -> str:
        """The value in words."""
        return self.fields[code].told(self.value(code))

    def encoded(self, code: str) -> str:
        """The value as a text that tells it from others."""
        return self.fields[code].encode(self.value(code))

    def origin(self, code: str) -> Origin:
        """Who told the value: the note of it, or else the feed that brought the customer."""
        return self.origins.get(code) or Origin(Source.FEED, self.customer.source, self.customer.updated_at)

    def sections(self, disclose: Disclose) -> Iterator[tuple[Section, list[Shown]]]:
        """The sections with the fields that the reader is shown; those without any are left out."""
        for section in sections_for(self.customer.kind):
            shown = self.of_section(section.code, disclose)
            if shown:
                yield section, shown

    def of_section(self, section: str, disclose: Disclose) -> list[Shown]:
        """The fields of one section that the reader is shown, masked as far as the rules say."""
        told = []
        for code, known in self.fields.items():
            if known.section != section:
                continue
            disclosure = disclose(code)
            if disclosure > Disclosure.HIDDEN:
                text = self.text(code)
                closed = not known.is_sealed and disclosure < Disclosure.OPEN
                told.append(Shown(known, _CLOSED if closed and text else text, self.origin(code), disclosure))
        return told


def archive_of(customer: Customer) -> Archive:
    """Read an archive; seven queries however much is known. One that is just being opened knows nothing yet."""
    if customer.pk is None:
        return Archive(customer, fields_for(customer.kind), {Customer: customer}, {}, {})
    is_person = customer.kind == CustomerKind.PERSON
    records: dict[type[models.Model], models.Model | None] = {
        Customer: customer,
        Sheet: Sheet.objects.filter(pk=customer.pk).first(),
        Person: Person.objects.filter(pk=customer.pk).first() if is_person else None,
        Company: None if is_person else Company.objects.filter(pk=customer.pk).first(),
    }
    custom = CustomValue.objects.filter(customer=customer).values_list("field__code", "value")
    return Archive(
        customer=customer,
        fields=fields_for(customer.kind),
        records=records,
        custom={CUSTOM + code: value for code, value in custom},
        origins=origins_of(customer),
        points=list(ContactPoint.objects.filter(customer=customer).order_by("kind", "-is_primary", "pk")),
    )


def origins_of(customer: Customer) -> dict[str, Origin]:
    """The sources that people left, by field; one query."""
    rows = Provenance.objects.filter(customer=customer)
    return {row.field: Origin(Source(row.source), row.by, row.at) for row in rows}


def origin_of_point(point: ContactPoint, origins: dict[str, Origin]) -> Origin:
    """Who told a contact point: a person whose name stands on it, or else a feed."""
    told = origins.get(point.kind)
    if told and told.by == point.source:
        return Origin(told.source, point.source, point.updated_at)
    return Origin(Source.FEED, point.source, point.updated_at)


def mark_of(text: str) -> str:
    """A short keyed mark of a text: tells whether a value is still what an editor saw, and nothing else."""
    return key_ring().blind_index(text, "customers.seen")[:9].hex() if text else "-"


def is_contact(code: str) -> bool:
    """Does the code name a kind of contact point?"""
    return code in ContactKind.values
