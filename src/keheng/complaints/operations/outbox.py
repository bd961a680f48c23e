"""Messages to complainants: written with the step that they belong to, sent by the worker afterwards.

A process that dies between the mail server's consent and the commit sends again, under the same Message-ID.
"""

import base64
from datetime import datetime, timedelta
from email.utils import make_msgid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, mailers
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.common.clock import SHANGHAI
from keheng.common.keys import key_ring
from keheng.complaints.enums import DeliveryKind, DeliveryState, DeliveryWay
from keheng.complaints.models import Complaint, Delivery, Letter, Mailbox
from keheng.complaints.policies.letters import fill
from keheng.complaints.policies.mail import marked
from keheng.complaints.queries.letters import ACKNOWLEDGEMENT, template, values_of
from keheng.files.queries import content_of
from keheng.notices.operations import tell
from keheng.org.models import Staff

LOOP = "keheng-complaints"
"""How the product marks its own messages, so that it knows them when they come back."""
_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))


def token_of(number: str) -> str:
    """The keyed part of the mark in subjects: nobody leads a message to a complaint by guessing its number."""
    return base64.b32encode(key_ring().blind_index(number, "complaints.mail.token")).decode("ascii")[:8].lower()


def acknowledge(*, complaint: Complaint, to: str, in_reply_to: str, at: datetime) -> Delivery | None:
    """Confirm receipt by e-mail, once a complaint."""
    if complaint.deliveries.filter(kind=DeliveryKind.ACKNOWLEDGEMENT).exists():
        return None
    words = template(ACKNOWLEDGEMENT)
    values = values_of(complaint, at.astimezone(SHANGHAI).date())
    return queue(
        complaint=complaint,
        kind=DeliveryKind.ACKNOWLEDGEMENT,
        letter=None,
        to=to,
        subject=fill(words.subject, values),
        body=fill(words.body, values),
        actor=None,
        at=at,
        in_reply_to=in_reply_to,
    )


def queue(
    *,
    complaint: Complaint,
    kind: DeliveryKind,
    letter: Letter | None,
    to: str,
    subject: str,
    body: str,
    actor: Staff | None,
    at: datetime,
    in_reply_to: str = "",
) -> Delivery:
    """Write a message to be sent, in the caller's transaction."""
    try:
        validate_email(to.strip())
    except ValidationError as error:
        raise ValidationError({"to": _("Enter a complete e-mail address.")}) from error
    before = complaint.messages.exclude(message_id="").order_by("-pk").values_list("message_id", flat=True).first()
    return Delivery.objects.create(
        complaint=complaint,
        letter=letter,
        kind=kind,
        way=DeliveryWay.MAIL,
        to=to.strip(),
        subject=marked(subject, complaint.number, token_of(complaint.number)),
        body=body,
        message_id=make_msgid("keheng", _sender(complaint).rpartition("@")[2]),
        in_reply_to=in_reply_to or before or "",
        made_by=actor,
        made_at=at,
        next_at=at,
    )


def send_waiting(*, at: datetime) -> int:
    """Send what is due, each message in a transaction of its own; return how many went out."""
    due = list(Delivery.objects.filter(next_at__lte=at).order_by("next_at").values_list("pk", flat=True)[:50])
    return sum(_send(pk, at) for pk in due)


@transaction.atomic
def _send(pk: int, at: datetime) -> bool:
    delivery = (
        Delivery.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("complaint__branch", "complaint__handler", "letter__file")
        .filter(pk=pk, next_at__lte=at)
        .first()
    )
    if delivery is None:
        return False
    if settings.MAILERS["default"]["BACKEND"].endswith("dummy.EmailBackend"):
        delivery.next_at, delivery.failure = at + _WAITS[2], _("No mail server is set up (KEHENG_SMTP_URL).")
        delivery.save(update_fields=["next_at", "failure"])
        return False
    try:
        mailers.default.send_messages([_message(delivery)])
    except OSError as error:  # smtplib's errors are such
        _failed(delivery, type(error).__name__, at)
        return False
    delivery.state, delivery.next_at, delivery.settled_at, delivery.failure = DeliveryState.SENT, None, at, ""
    delivery.save()
    return True


def bounced(*, message_id: str, at: datetime) -> None:
    """A message of ours was not delivered: say so on its record, and tell whoever handles the complaint."""
    delivery = Delivery.objects.filter(message_id=message_id).select_related("complaint").first()
    if delivery is not None and delivery.state != DeliveryState.FAILED:
        _give_up(delivery, _("The mail server of the recipient returned it."), at)


def _failed(delivery: Delivery, why: str, at: datetime) -> None:
    delivery.failure = why
    if delivery.tries >= len(_WAITS):
        _give_up(delivery, why, at)
        return
    delivery.next_at = at + _WAITS[delivery.tries]
    delivery.tries += 1
    delivery.save(update_fields=["failure", "next_at", "tries"])


def _give_up(delivery: Delivery, why: str, at: datetime) -> None:
    delivery.state, delivery.next_at, delivery.settled_at = DeliveryState.FAILED, None, at
    delivery.failure = why[:200]
    delivery.save(update_fields=["state", "next_at", "settled_at", "failure"])
    told = [pk for pk in (delivery.complaint.handler_id, delivery.made_by_id) if pk]
    tell(
        staff_ids=sorted(set(told)),
        kind="complaints.letter",
        title=_("%(number)s: an e-mail was not delivered") % {"number": delivery.complaint},
        url=delivery.complaint.get_absolute_url(),
        at=at,
    )


def _message(delivery: Delivery) -> EmailMessage:
    headers = {"Message-ID": delivery.message_id, "X-Loop": LOOP}
    if delivery.kind == DeliveryKind.ACKNOWLEDGEMENT:
        headers["Auto-Submitted"] = "auto-replied"
    if delivery.in_reply_to:
        headers["In-Reply-To"] = headers["References"] = delivery.in_reply_to
    message = EmailMessage(
        subject=delivery.subject or "",
        body=delivery.body or "",
        from_email=_sender(delivery.complaint),
        to=[delivery.to or ""],
        headers=headers,
    )
    if delivery.letter and delivery.letter.file:
        message.attach(f"{delivery.complaint.number}.pdf", content_of(delivery.letter.file), "application/pdf")
    return message


def _sender(complaint: Complaint) -> str:
    """The mailbox that the complainant wrote to, or else the first one."""
    wrote_to = complaint.messages.order_by("pk").values_list("mailbox__address", flat=True)
    first = Mailbox.objects.filter(enabled=True).order_by("pk").values_list("address", flat=True)
    return wrote_to.first() or first.first() or settings.DEFAULT_FROM_EMAIL
