"""Agenda templates: taking in those that ship, changing them by whole versions, choosing one for a branch."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.models import AgendaChoice, AgendaTemplate, AgendaVersion
from keheng.care.permissions.agenda import check_choose_agenda, check_edit_agenda
from keheng.care.policies.agenda import Slot, backward, in_order, overlapping
from keheng.org.models import Branch, Staff
from keheng.org.queries import system_actor

_PRESETS = Path(__file__).parents[1] / "presets" / "agenda"


@transaction.atomic
def load_agendas() -> None:
    """Bring in the templates that ship; those that exist stay as people edited them."""
    for path in sorted(_PRESETS.glob("*.yaml")):
        read = yaml.safe_load(path.read_text())
        template, created = AgendaTemplate.objects.get_or_create(
            code=read["code"], defaults={"name": read["name"], "source": read["source"]}
        )
        if created:
            AgendaVersion.objects.create(
                template=template,
                number=1,
                slots=[{"note": "", **slot} for slot in read["slots"]],
                made_by=system_actor(),
                made_at=Now(),
            )


@transaction.atomic
def change_agenda(
    *, template: AgendaTemplate, slots: Sequence[Slot], reason: str, actor: Staff, at: datetime
) -> AgendaVersion:
    """Put a new version of a template in force, from the next page on.

    Raises:
        ValidationError: no slot at all, one that ends before it begins, or two at the same time.
    """
    check_edit_agenda(actor)
    _check(slots)
    AgendaTemplate.objects.select_for_update().get(pk=template.pk)
    last = template.versions.aggregate(last=Max("number"))["last"] or 0
    version = AgendaVersion.objects.create(
        template=template,
        number=last + 1,
        slots=[_stored(slot) for slot in in_order(slots)],
        reason=reason.strip(),
        made_by=actor,
        made_at=at,
    )
    record("care.change_agenda", actor=actor, at=at, target=template, reason=reason, detail={"version": version.number})
    return version


@transaction.atomic
def choose_agenda(
    *, branch: Branch, template: AgendaTemplate | None, actor: Staff, at: datetime
) -> AgendaChoice | None:
    """Let a branch work by a template; with ``None`` it follows the branch above again."""
    check_choose_agenda(actor, branch)
    choice = None
    if template is None:
        AgendaChoice.objects.filter(branch=branch).delete()
    else:
        choice, _created = AgendaChoice.objects.update_or_create(branch=branch, defaults={"template": template})
    record(
        "care.choose_agenda",
        actor=actor,
        at=at,
        target=branch,
        detail={"agenda": template.code if template else None},
    )
    return choice


def _check(slots: Sequence[Slot]) -> None:
    if not slots:
        raise ValidationError(_("An agenda has at least one slot."))
    for slot in backward(slots):
        raise ValidationError(
            _("“%(title)s” ends at %(ends)s, before it begins: set a later end.")
            % {"title": slot.title, "ends": f"{slot.ends:%H:%M}"}
        )
    for left, right in overlapping(slots):
        raise ValidationError(
            _("“%(left)s” and “%(right)s” overlap at %(begins)s: let one end before the other begins.")
            % {"left": left.title, "right": right.title, "begins": f"{right.begins:%H:%M}"}
        )


def _stored(slot: Slot) -> dict[str, Any]:
    return {
        "begins": f"{slot.begins:%H:%M}",
        "ends": f"{slot.ends:%H:%M}",
        "title": slot.title,
        "activity": slot.activity.value,
        "note": slot.note,
    }
