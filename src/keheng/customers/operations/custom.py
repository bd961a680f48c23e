"""Fields that an installation adds to the archive (A1), defined in the product and without a migration."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from keheng.audit import changes
from keheng.audit.operations import record
from keheng.customers import permissions
from keheng.customers.archive.catalogue import SECTIONS
from keheng.customers.enums import RuleTopic
from keheng.customers.models import CustomField, CustomValue
from keheng.customers.quality.completeness import CUSTOM
from keheng.customers.queries.quality_rules import quality_rules
from keheng.org.models import Staff

CHANGEABLE = frozenset({"label", "choices", "section", "kind", "hint", "order", "is_required"})
"""What may change of a definition; code and type never do, for the values that are there were given under them."""


@transaction.atomic
def define_field(*, code: str, type: str, actor: Staff, at: datetime, **words: Any) -> CustomField:
    """Add a field to the archives of a kind of customer; ``words`` are those of :data:`CHANGEABLE`.

    Raises:
        ValidationError: by field, in words.
    """
    permissions.check_rules(actor)
    field = CustomField(code=code, type=type)
    _set(field, words)
    record("customers.define_field", actor=actor, at=at, target=field, detail={"field": field.label})
    return field


@transaction.atomic
def change_field(*, field: CustomField, actor: Staff, at: datetime, **words: Any) -> None:
    """Change how a field is called, ordered and filled in; values that archives have keep their meaning.

    Raises:
        ValidationError: by field, in words; also where a choice is to go that archives have.
    """
    permissions.check_rules(actor)
    field = CustomField.objects.select_for_update().get(pk=field.pk)
    _check_choices(field, words.get("choices", field.choices))
    told = _set(field, words)
    if told:
        record("customers.change_field", actor=actor, at=at, target=field, detail={"changes": told})


@transaction.atomic
def retire_field(*, field: CustomField, reason: str, actor: Staff, at: datetime) -> None:
    """Take a field out of use. Its values stay where they are and come back with it."""
    permissions.check_rules(actor)
    rules = quality_rules(RuleTopic.COMPLETENESS).rules
    if any(CUSTOM + field.code in profile.weights for profile in rules.profiles):
        raise ValidationError(
            _("The completeness rules weigh “%(field)s”. Take its weight out there first.") % {"field": field.label}
        )
    _use(field, "customers.retire_field", is_active=False, reason=reason, actor=actor, at=at)


@transaction.atomic
def restore_field(*, field: CustomField, reason: str, actor: Staff, at: datetime) -> None:
    """Bring a retired field back with the values that archives had."""
    permissions.check_rules(actor)
    _use(field, "customers.restore_field", is_active=True, reason=reason, actor=actor, at=at)


def _use(field: CustomField, action: str, *, is_active: bool, reason: str, actor: Staff, at: datetime) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    if CustomField.objects.filter(pk=field.pk, is_active=not is_active).update(is_active=is_active):
        field.is_active = is_active
        record(action, actor=actor, at=at, target=field, reason=reason.strip(), detail={"field": field.label})


def _set(field: CustomField, words: Mapping[str, Any]) -> changes.Changes:
    if unknown := set(words) - CHANGEABLE:
        raise TypeError(f"not changeable: {', '.join(sorted(unknown))}")
    told = changes.apply(field, **words)
    if field.section not in {section.code for section in SECTIONS}:
        raise ValidationError({"section": _("There is no such section.")})
    field.full_clean()
    field.save()
    return told


def _check_choices(field: CustomField, choices: Sequence[str]) -> None:
    for gone in set(field.choices) - set(choices):
        having = CustomValue.objects.filter(Q(value=gone) | Q(value__contains=[gone]), field=field).count()
        if having:
            raise ValidationError(
                {
                    "choices": _("%(n)d archives say “%(choice)s”. Keep the choice, or change those archives first.")
                    % {"n": having, "choice": gone}
                }
            )
