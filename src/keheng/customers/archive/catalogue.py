"""The fields of an archive (A1): in which section each stands, where it is kept, how it is told.

Whoever needs "all fields of a customer" asks here: pages, forms, sources, suggestions, completeness. A field that an
installation added (``CustomField``) is a field like any other; its code begins with ``custom.``.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from keheng.common.fields import EncryptedTextField, MoneyField
from keheng.common.masking import mask_id_number, mask_phone
from keheng.common.money import in_wan
from keheng.customers.enums import ContactKind, CustomerKind, CustomType, Industry, WealthContent, WealthManner
from keheng.customers.models import Company, Customer, CustomField, Person, Sheet
from keheng.customers.policies import custom
from keheng.customers.values import identity
from keheng.customers.values.flaws import sentence

CUSTOM = "custom."
BETWEEN = "、"
_BOTH = (CustomerKind.PERSON, CustomerKind.COMPANY)


@dataclass(frozen=True)
class Section:
    """A part of the archive that is shown, and edited, as one."""

    code: str
    label: str | Promise
    kinds: tuple[CustomerKind, ...]
    fields: tuple[str, ...]


SECTIONS = (
    Section(
        "basic",
        gettext_lazy("Basic facts"),
        _BOTH,
        ("name", "id_kind", "id_number", "sex", "birth_date", "native_place", "education", "marital", "opened_on",
         "status"),
    ),
    Section(
        "work",
        gettext_lazy("Occupation and income"),
        (CustomerKind.PERSON,),
        ("occupation", "employer", "position", "annual_income"),
    ),
    Section(
        "life",
        gettext_lazy("Interests and spending"),
        (CustomerKind.PERSON,),
        ("interests", "other_interests", "spending_habit"),
    ),
    Section(
        "emergency",
        gettext_lazy("Emergency contact"),
        (CustomerKind.PERSON,),
        ("emergency_name", "emergency_kinship", "emergency_phone"),
    ),
    Section(
        "company",
        gettext_lazy("Facts of the company"),
        (CustomerKind.COMPANY,),
        ("industry", "employees", "annual_sales", "total_assets", "credit_target", "is_borrower", "is_institution",
         "is_strategic"),
    ),
    Section(
        "sheet",
        gettext_lazy("Brokerage sheet"),
        _BOTH,
        ("investments", "trading_habit", "do_not_disturb", "wealth_needs", "trading_mode", "trading_party",
         "commission_rate", "commission_note"),
    ),
    Section("more", gettext_lazy("More facts"), _BOTH, ()),
)  # fmt: skip

_MODELS: tuple[type[models.Model], ...] = (Customer, Person, Sheet, Company)
_OF_PERSONS = frozenset({"sex", "birth_date", "native_place", "education", "marital"})
_LABELS = {  # where the page says it otherwise than the column
    "do_not_disturb": gettext_lazy("Service need"),
    "id_kind": gettext_lazy("Document"),
}


@dataclass(frozen=True)
class ArchiveField:
    """One field: its column in ``model``, or the definition ``custom`` where an installation added it."""

    code: str
    section: str
    model: type[models.Model] | None = None
    custom: CustomField | None = None

    @property
    def label(self) -> str:
        """The name on pages."""
        if self.custom:
            return self.custom.label
        words = str(_LABELS.get(self.code) or self.column.verbose_name)
        return words[:1].upper() + words[1:]

    @property
    def column(self) -> "models.Field[Any, Any]":
        """The column; a custom field has none."""
        assert self.model is not None
        column: models.Field[Any, Any] = self.model._meta.get_field(self.code)  # type: ignore[assignment]
        return column

    @property
    def is_sealed(self) -> bool:
        """Is the value encrypted, and shown as a mask?"""
        return self.model is not None and isinstance(self.column, EncryptedTextField)

    def encode(self, value: Any) -> str:
        """A value as one text, equal for equal values; empty for nothing."""
        if value is None or value in ("", []):
            return ""
        if isinstance(value, list):
            return json.dumps(value, ensure_ascii=False)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        return value.isoformat() if isinstance(value, date) else str(value)

    def decode(self, text: str) -> Any:
        """The value of a text that :meth:`encode` made."""
        if self.custom:
            return json.loads(text) if text and self.custom.type == CustomType.SEVERAL else self.clean(text)
        if text == "":
            return self.empty
        return self.column.to_python(text)

    @property
    def empty(self) -> Any:
        """What stands where nothing is known."""
        if self.custom or self.column.null:
            return None
        return [] if isinstance(self.column, ArrayField) else ""

    def clean(self, value: Any) -> Any:
        """Bring a value to the form in which it is kept.

        Raises:
            ValidationError: under the code of the field, in words.
        """
        try:
            if self.custom:
                return custom.clean(self.custom.type, self.custom.choices, value, is_required=self.custom.is_required)
            if value in (None, "", []):
                return self.empty if not isinstance(self.column, models.BooleanField) else False
            if self.code == "emergency_phone":
                return _telephone(str(value))
            value = self.column.to_python(value)
            if not self.is_sealed:
                self.column.run_validators(value)
                self.column.validate(value, None)
        except custom.UnfitValueError as error:
            raise ValidationError({self.code: str(custom.SENTENCES[error.why])}) from error
        except ValidationError as error:
            raise ValidationError({self.code: error.messages}) from error
        return value

    def told(self, value: Any) -> str:
        """A value in words; sealed ones as their mask; empty for nothing."""
        if value is None or value in ("", []):
            return ""
        if self.is_sealed:
            return mask_id_number(value) if self.code == "id_number" else mask_phone(value)
        special = _TOLD.get(self.code)
        return special(value) if special else self._plain(value)

    def trail(self, value: Any) -> str:
        """A value as the audit trail keeps it: in words, amounts to the cent."""
        return self.encode(value) if isinstance(value, Decimal) else self.told(value)

    def _plain(self, value: Any) -> str:
        match value:
            case bool():
                return pgettext("a fact", "Yes") if value else pgettext("a fact", "No")
            case list():
                return BETWEEN.join(self._word(item) for item in value)
            case Decimal() if self.model and isinstance(self.column, MoneyField):
                return in_wan(value)
            case Decimal() | date():
                return self.encode(value)
        return self._word(value)

    def _word(self, value: Any) -> str:
        if self.custom:
            return str(value)
        choices = Industry.choices if self.code == "industry" else _choices(self.column)
        return str({str(code): label for code, label in choices}.get(str(value), value))


def sections_for(kind: str) -> list[Section]:
    """The sections of a person's or a company's archive, in order."""
    return [section for section in SECTIONS if kind in section.kinds]


def fields_for(kind: str) -> dict[str, ArchiveField]:
    """Every field of a person's or a company's archive by its code, custom ones included; one query."""
    found = {field.code: field for field in builtin_fields(kind)}
    for definition in CustomField.objects.filter(is_active=True, kind__in=["", kind]):
        field = ArchiveField(CUSTOM + definition.code, _home(definition.section, kind), custom=definition)
        found[field.code] = field
    return found


def builtin_fields(kind: str) -> list[ArchiveField]:
    """The fields that every installation has, in the order of their sections."""
    return [
        ArchiveField(code, section.code, _model_of(code))
        for section in sections_for(kind)
        for code in section.fields
        if kind == CustomerKind.PERSON or code not in _OF_PERSONS
    ]


def section_of(code: str) -> str:
    """The section in which a field of every installation stands; empty for what is none."""
    return next((section.code for section in SECTIONS if code in section.fields), "")


def label_of(code: str, labels: Mapping[str, str] | None = None) -> str:
    """The name of a field or of a kind of contact point; ``labels`` name the custom fields."""
    if code in ContactKind.values:
        return str(ContactKind(code).label)
    if code.startswith(CUSTOM):
        return (labels or {}).get(code, code.removeprefix(CUSTOM))
    return ArchiveField(code, "", _model_of(code)).label if code in _HOMES else code


def custom_labels(codes: Iterable[str]) -> dict[str, str]:
    """The names of custom fields by their codes; no query where none is asked for."""
    wanted = [code.removeprefix(CUSTOM) for code in codes if code.startswith(CUSTOM)]
    if not wanted:
        return {}
    return {
        CUSTOM + code: label for code, label in CustomField.objects.filter(code__in=wanted).values_list("code", "label")
    }


def _model_of(code: str) -> type[models.Model]:
    return _HOMES[code]


def _homes() -> dict[str, type[models.Model]]:
    return {
        code: next(model for model in _MODELS if any(field.name == code for field in model._meta.local_fields))
        for section in SECTIONS
        for code in section.fields
    }


_HOMES = _homes()


def _home(section: str, kind: str) -> str:
    """Where a custom field stands: in the section it names, or at the end where customers of the kind lack that."""
    return section if any(known.code == section for known in sections_for(kind)) else "more"


def _choices(column: "models.Field[Any, Any]") -> list[tuple[Any, Any]]:
    inner = column.base_field if isinstance(column, ArrayField) else column
    return list(inner.flatchoices)


def _needs(pairs: list[str]) -> str:
    """``["research.sms", "research.phone"]`` → 研究报告（短信、电话）."""
    told = []
    for content in WealthContent:
        manners = [str(manner.label) for manner in WealthManner if f"{content}.{manner}" in pairs]
        if manners:
            told.append(_("%(content)s (%(manners)s)") % {"content": content.label, "manners": BETWEEN.join(manners)})
    return BETWEEN.join(told)


def _service_need(do_not_disturb: bool) -> str:
    return _("Does not want to be disturbed") if do_not_disturb else _("Accepts service")


def _telephone(text: str) -> str:
    found = identity.CONTACTS[ContactKind.BACKUP](text)
    if found.error:
        raise ValidationError(sentence(found.error, ContactKind.BACKUP))
    return found.value


_TOLD: Mapping[str, Callable[[Any], str]] = {"do_not_disturb": _service_need, "wealth_needs": _needs}
