"""Templates of letters and rules of consequences: loaded as presets, changed by new versions."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.clock import SHANGHAI
from keheng.complaints import permissions
from keheng.complaints.errors import RulesError
from keheng.complaints.models import ConsequenceVersion, LetterTemplate
from keheng.complaints.policies import consequences, letters
from keheng.complaints.queries.letters import REMEDIES
from keheng.org.models import Staff

_PRESETS = Path(__file__).parents[1] / "presets"
_FIRST_DAY = "2020-01-01"


def load_templates() -> None:
    """Bring in the templates and rules that are missing; versions that people made stay."""
    for row in yaml.safe_load((_PRESETS / "letters.yaml").read_text()):
        LetterTemplate.objects.get_or_create(
            code=row["code"],
            number=1,
            defaults={name: row[name].strip() for name in ("name", "subject", "body", "source")},
        )
    definition = yaml.safe_load((_PRESETS / "consequences.yaml").read_text())
    consequences.read(definition)
    ConsequenceVersion.objects.get_or_create(
        number=1, defaults={"valid_from": _FIRST_DAY, "definition": definition, "note": "预置"}
    )


@transaction.atomic
def change_template(*, code: str, subject: str, body: str, reason: str, actor: Staff, at: datetime) -> LetterTemplate:
    """Put a new version of a template into use.

    Raises:
        ValidationError: a field that nothing is known of, or the shared words of remedies lack one.
    """
    permissions.check_settings(actor)
    latest = LetterTemplate.objects.select_for_update().filter(code=code).order_by("-number").first()
    if latest is None:
        raise ValidationError(_("There is no such template."))
    unknown = letters.unknown_fields(subject + body)
    if unknown:
        raise ValidationError(
            {"body": _("Unknown: %(names)s.") % {"names": "、".join(f"{{{name}}}" for name in unknown)}}
        )
    missing = letters.missing_remedies(body) if code == REMEDIES else []
    if missing:
        raise ValidationError({"body": _("It must name: %(names)s.") % {"names": named(missing)}})
    made = LetterTemplate.objects.create(
        code=code,
        number=latest.number + 1,
        name=latest.name,
        subject=subject.strip(),
        body=body.strip(),
        source=reason.strip(),
        changed_by=actor,
        changed_at=at,
    )
    record("complaints.change_template", actor=actor, at=at, target=made, reason=reason)
    return made


@transaction.atomic
def set_consequences(*, definition: Mapping[str, Any], reason: str, actor: Staff, at: datetime) -> ConsequenceVersion:
    """Put other rules of consequences into force from today on; what was concluded keeps its version."""
    permissions.check_settings(actor)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, or where it is decided.")})
    try:
        consequences.read(definition)
    except RulesError as error:
        raise ValidationError(str(error)) from error
    last = ConsequenceVersion.objects.select_for_update().order_by("-number").first()
    if last is not None and consequences.read(last.definition) == consequences.read(definition):
        raise ValidationError(_("Nothing has changed: the rules stay as they are."))
    made = ConsequenceVersion.objects.create(
        number=last.number + 1 if last else 1,
        valid_from=at.astimezone(SHANGHAI).date(),
        definition=dict(definition),
        note=reason.strip()[:200],
        set_by=actor,
    )
    record("complaints.set_consequences", actor=actor, at=at, target=made, reason=reason)
    return made


def named(remedies: "list[Any]") -> str:
    """Remedies in words."""
    return "、".join(str(remedy.label) for remedy in remedies)
