"""The risk questionnaires (A1; decision 22): drafted by one person, published by a second, in versions that stay."""

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.approvals.operations import ask
from keheng.audit.operations import record
from keheng.common.clock import SHANGHAI
from keheng.customers import permissions
from keheng.customers.enums import CustomerKind, DraftState
from keheng.customers.models import Questionnaire, QuestionnaireDraft
from keheng.customers.policies.risk import Definition
from keheng.org.models import Staff

QUESTIONNAIRE = "customers.questionnaire"
"""The kind of request by which a second person is asked."""

_FOLDER = Path(__file__).parents[1] / "presets" / "risk"


@transaction.atomic
def load_questionnaires() -> None:
    """Bring in the questionnaires that ship with the product; a kind that has one stays as it is."""
    for path in sorted(_FOLDER.glob("*.yaml")):
        definition = Definition.model_validate(yaml.safe_load(path.read_text()))
        if not Questionnaire.objects.filter(kind=path.stem).exists():
            _keep(CustomerKind(path.stem), definition, 1)


@transaction.atomic
def draft_questionnaire(*, kind: CustomerKind, actor: Staff, at: datetime) -> QuestionnaireDraft:
    """Begin the next version from the newest one, or go on with the draft that is there."""
    permissions.check_rules(actor)
    waiting = QuestionnaireDraft.objects.filter(kind=kind, state__in=[DraftState.OPEN, DraftState.ASKED]).first()
    if waiting:
        return waiting
    newest = Questionnaire.objects.filter(kind=kind).order_by("-number").first()
    if newest is None:
        raise ValidationError(_("No questionnaire is in force for customers of this kind."))
    content = {**newest.definition, "valid_from": at.astimezone(SHANGHAI).date().isoformat()}
    draft = QuestionnaireDraft.objects.create(kind=kind, definition=content, made_by=actor, changed_at=at)
    record("customers.draft_questionnaire", actor=actor, at=at, target=draft)
    return draft


@transaction.atomic
def change_draft(*, draft: QuestionnaireDraft, content: object, actor: Staff, at: datetime) -> QuestionnaireDraft:
    """Keep what the draft says now; whoever changed it last is its author, whom a second person must not be.

    Raises:
        ValidationError: in words, what the questionnaire lacks; or the draft is no longer open.
    """
    permissions.check_rules(actor)
    held = _open(draft)
    held.definition = _read(content).model_dump(mode="json")
    held.made_by, held.changed_at = actor, at
    held.save(update_fields=["definition", "made_by", "changed_at"])
    record("customers.draft_questionnaire", actor=actor, at=at, target=held)
    return held


@transaction.atomic
def ask_to_publish(*, draft: QuestionnaireDraft, reason: str, actor: Staff, at: datetime) -> QuestionnaireDraft:
    """Hand the draft to a second person; until they answer it stays as it is.

    Raises:
        ValidationError: no reason, a day in the past, or nobody who may decide.
    """
    permissions.check_rules(actor)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the questionnaire changes.")})
    held = _open(draft)
    if held.made_by_id != actor.pk:  # so that nobody decides on what they wrote
        raise ValidationError(
            _("%(name)s wrote this draft. Save it in your name first, or let them ask.") % {"name": held.made_by.name}
        )
    definition = _read(held.definition)
    if definition.valid_from < at.astimezone(SHANGHAI).date():
        raise ValidationError(_("The day from which it holds lies in the past. Save the draft with another day."))
    held.state = DraftState.ASKED
    held.save(update_fields=["state"])
    evidence = [
        [_("Questions"), str(len(definition.questions))],
        [_("valid from"), definition.valid_from.isoformat()],
        [_("An assessment holds, months"), str(definition.valid_months)],
    ]
    ask(
        kind=QUESTIONNAIRE,
        subject=held,
        title=_("Risk questionnaire for %(kind)s") % {"kind": held.get_kind_display()},
        branch=actor.branch,
        payload={"evidence": evidence},
        actor=actor,
        reason=reason.strip(),
        at=at,
    )
    record("customers.ask_questionnaire", actor=actor, at=at, target=held, reason=reason.strip())
    return held


@transaction.atomic
def drop_draft(*, draft: QuestionnaireDraft, actor: Staff, at: datetime) -> None:
    """Give the draft up; what is in force stays."""
    permissions.check_rules(actor)
    held = _open(draft)
    held.state = DraftState.DROPPED
    held.save(update_fields=["state"])
    record("customers.drop_questionnaire", actor=actor, at=at, target=held)


@transaction.atomic
def settle_questionnaire(*, draft: QuestionnaireDraft, approved: bool, at: datetime) -> Questionnaire | None:
    """What the second person's answer means: the next version, or a draft that is open again."""
    held = QuestionnaireDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if held.state != DraftState.ASKED:
        return None
    held.state = DraftState.PUBLISHED if approved else DraftState.OPEN
    held.save(update_fields=["state"])
    if not approved:
        return None
    definition = _read(held.definition)
    today = at.astimezone(SHANGHAI).date()
    if definition.valid_from < today:  # the answer took its time; nobody is graded anew for the past
        definition = definition.model_copy(update={"valid_from": today})
    newest = Questionnaire.objects.filter(kind=held.kind).order_by("-number").first()
    version = _keep(CustomerKind(held.kind), definition, newest.number + 1 if newest else 1)
    detail = {"version": version.number}
    record("customers.publish_questionnaire", actor=held.made_by, at=at, target=version, detail=detail)
    return version


def _open(draft: QuestionnaireDraft) -> QuestionnaireDraft:
    held = QuestionnaireDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if held.state != DraftState.OPEN:
        raise ValidationError(_("The draft is not open any more: %(state)s.") % {"state": held.get_state_display()})
    return held


def _read(content: Any) -> Definition:
    try:
        return Definition.model_validate(content)
    except ValueError as error:
        raise ValidationError(_("This questionnaire cannot be used: %(why)s") % {"why": str(error)}) from error


def _keep(kind: CustomerKind, definition: Definition, number: int) -> Questionnaire:
    return Questionnaire.objects.create(
        kind=kind, number=number, valid_from=definition.valid_from, definition=definition.model_dump(mode="json")
    )
