"""What the archive itself tells in the copy of a data subject (PIPL 45)."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from keheng.audit.models import Entry
from keheng.customers.archive.catalogue import builtin_fields
from keheng.customers.enums import CustomerKind
from keheng.customers.models import (
    Assessment,
    AutomatedRefusal,
    Consent,
    ContactPoint,
    Customer,
    CustomValue,
    Document,
    LossContact,
    LossFile,
    Person,
    PrivacyCase,
    PushFeedback,
    Relation,
    Sheet,
)
from keheng.customers.privacy.copies import register_record, register_section
from keheng.customers.queries.consent import channel_names
from keheng.customers.queries.rules import privacy_rules

_FACTS = ("number", "name", "kind", "status", "branch", "owner", "id_kind", "id_number", "sex", "birth_date",
          "occupation", "education", "marital", "confidentiality", "do_not_disturb", "opened_on", "source",
          "aum")  # fmt: skip


def _facts(customer: Customer) -> Iterable[Sequence[Any]]:
    for name in _FACTS:
        display = getattr(customer, f"get_{name}_display", None)
        label = Customer._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        yield label, display() if display else getattr(customer, name)


def _archive_of(model: type[Person | Sheet]) -> Callable[[Customer], Iterable[Sequence[Any]]]:
    """The fields of a table of the archive in the words of its pages, but whole."""
    fields = [field for field in builtin_fields(CustomerKind.PERSON) if field.model is model]

    def rows(customer: Customer) -> Iterable[Sequence[Any]]:
        for row in model._default_manager.filter(customer=customer):
            for field in fields:
                value = getattr(row, field.code)
                yield field.label, value if field.is_sealed or isinstance(value, Decimal) else field.told(value)

    return rows


def _contacts(customer: Customer) -> Iterable[Sequence[Any]]:
    for point in ContactPoint.objects.filter(customer=customer):
        yield point.get_kind_display(), point.value, point.preferred_time, point.source, point.updated_at


def _consents(customer: Customer) -> Iterable[Sequence[Any]]:
    rules = privacy_rules()
    for act in Consent.objects.filter(customer=customer):
        purpose = rules.purpose(act.purpose)
        yield (
            purpose.name if purpose else act.purpose,
            channel_names(rules, act.channels) or _("withdrawn"),
            act.get_how_display(),
            act.evidence,
            act.guardian,
            act.given_at,
        )


def _added(customer: Customer) -> Iterable[Sequence[Any]]:
    for added in CustomValue.objects.filter(customer=customer).select_related("field").order_by("field__order"):
        yield added.field, added.value


def _documents(customer: Customer) -> Iterable[Sequence[Any]]:
    """Which documents are on file; the files themselves are handed over at the counter."""
    for document in Document.objects.filter(customer=customer):
        yield document.get_kind_display(), document.title, document.issued_on, document.expires_on


def _requests(customer: Customer) -> Iterable[Sequence[Any]]:
    for case in PrivacyCase.objects.filter(customer=customer).order_by("received_at"):
        yield case.number, case.get_kind_display(), case.get_state_display(), case.received_at, case.answer


def _looks(customer: Customer) -> Iterable[Sequence[Any]]:
    """When personal values were shown and why; who it was stays with the institution."""
    acts = Entry.objects.filter(target_type=Customer._meta.label_lower, target_id=customer.pk)
    for entry in acts.filter(action__in=["customers.reveal", "customers.emergency"]).order_by("-at")[:500]:
        yield entry.at, entry.reason


def _refusal(customer: Customer) -> Iterable[Sequence[Any]]:
    for refusal in AutomatedRefusal.objects.filter(customer=customer):
        yield (refusal.since,)


register_section("facts", _("Archive"), lambda: (_("field"), _("value")), _facts, order=10)
register_section(
    "contacts",
    _("Contact points"),
    lambda: (_("kind"), _("value"), _("preferred time"), _("source"), _("changed at")),
    _contacts,
    order=20,
)
for _key, _model, _order in (("person", Person, 30), ("sheet", Sheet, 31)):
    register_section(
        _key, _model._meta.verbose_name or _key, lambda: (_("field"), _("value")), _archive_of(_model), order=_order
    )
register_record("relations", Relation, order=32)
register_record("pushes", PushFeedback, order=36)
register_record("losses", LossFile, order=37)
register_record("loss-contacts", LossContact, order=38)
register_record("assessments", Assessment, order=33)
register_section(
    "consents",
    _("Consents"),
    lambda: (_("purpose"), _("channels"), _("how"), _("evidence"), _("guardian"), _("given at")),
    _consents,
    order=50,
)
register_section(
    "requests",
    _("Privacy requests"),
    lambda: (_("case number"), _("request"), _("state"), _("received at"), _("answer")),
    _requests,
    order=60,
)
register_section("added", _("Added fields"), lambda: (_("field"), _("value")), _added, order=34)
register_section(
    "documents",
    _("Documents"),
    lambda: (_("kind of document"), _("title"), _("issued on"), _("expires on")),
    _documents,
    order=35,
)
register_section("automated", _("Refusal of automated decisions"), lambda: (_("refused since"),), _refusal, order=61)
register_section("looks", _("Values shown to staff"), lambda: (_("time"), _("reason")), _looks, order=70)
