"""Templates of letters, loaded as presets and changed by new versions."""

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.complaints import permissions
from keheng.complaints.models import LetterTemplate
from keheng.complaints.policies import letters
from keheng.complaints.queries.letters import REMEDIES
from keheng.org.models import Staff

_PRESETS = Path(__file__).parents[1] / "presets"


def load_templates() -> None:
    """Bring in the templates that are missing; versions that people made stay."""
    for row in yaml.safe_load((_PRESETS / "letters.yaml").read_text()):
        LetterTemplate.objects.get_or_create(
            code=row["code"],
            number=1,
            defaults={name: row[name].strip() for name in ("name", "subject", "body", "source")},
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


def named(remedies: "list[Any]") -> str:
    """Remedies in words."""
    return "、".join(str(remedy.label) for remedy in remedies)
