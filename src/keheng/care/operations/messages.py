"""Drafted messages: marked sent or left out. Sending them belongs to whoever sends."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.enums.tasks import MessageState, TaskKind, TaskState
from keheng.care.events import MessageClosed
from keheng.care.models import Message, Task
from keheng.care.wording import message_text
from keheng.common.events import publish
from keheng.org.models import Staff


@transaction.atomic
def close_message(*, message: Message, sent: bool, actor: Staff, at: datetime, text: str = "") -> Message:
    """Say that a message was sent, with the words it was sent with, or is not going to be.

    With the last one of a day the task to send them is done.

    Raises:
        PermissionDenied: the message is somebody else's.
        ValidationError: it is closed already.
    """
    held = (
        Message.objects.select_for_update(of=("self",)).select_related("customer", "staff__branch").get(pk=message.pk)
    )
    if held.staff_id != actor.pk:
        raise PermissionDenied(_("This message is somebody else's."))
    if held.state != MessageState.DRAFT:
        raise ValidationError(_("This message is closed already. Load the page anew."))
    if sent:
        held.text = text.strip() or message_text(held)
    held.state, held.closed_at = (MessageState.SENT if sent else MessageState.DROPPED), at
    held.save(update_fields=["text", "state", "closed_at"])
    record("care.close_message", actor=actor, at=at, target=held.customer, detail={"state": held.state})
    waiting = Message.objects.filter(staff=actor, rule=held.rule, due_on=held.due_on, state=MessageState.DRAFT)
    if not waiting.exists():
        Task.objects.open().filter(
            kind=TaskKind.MESSAGES, cause=f"messages:{held.rule}:{actor.pk}:{held.due_on}"
        ).update(state=TaskState.DONE, closed_at=at, closed_by=actor)
    publish(MessageClosed(held.cause, sent, at))
    return held
