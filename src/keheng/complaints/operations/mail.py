"""Complaints by e-mail: a mailbox is polled, each message makes one complaint, joins its own, or is refused (A7).

What is refused stands in the log with its reason. The row, the complaint and the place in the mailbox are written in
one transaction: a process that dies in the middle fetches the message again, and the row lets it in once.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from imapclient.exceptions import IMAPClientError

from keheng.audit.operations import record
from keheng.common.keys import key_ring
from keheng.complaints import permissions
from keheng.complaints.enums import Channel, MailOutcome, MailRefusal, StepKind
from keheng.complaints.imap import Fetched, opened
from keheng.complaints.models import Attachment, Complaint, Delivery, IncomingMail, Mailbox
from keheng.complaints.models.mail import SENDER
from keheng.complaints.operations.intake import Complaining, register
from keheng.complaints.operations.outbox import LOOP, acknowledge, bounced, token_of
from keheng.complaints.operations.parts import locked, told
from keheng.complaints.policies.mail import BrokenMailError, Mail, read, refusal
from keheng.complaints.queries.people import holders
from keheng.files.operations import Examined, examine, store
from keheng.files.refusals import RefusedFile
from keheng.notices.operations import tell
from keheng.org.models import Staff


def poll(*, mailbox: Mailbox, actor: Staff, at: datetime) -> int:
    """Look at what has come in since the last time; return how many messages were looked at.

    A server that cannot be reached is noted on the mailbox, and asked again with the next poll.
    """
    seen, failure = 0, ""
    try:
        with opened(mailbox) as folder:
            for fetched in folder.messages:
                take(mailbox=mailbox, fetched=fetched, validity=folder.validity, actor=actor, at=at)
                seen += 1
    except (OSError, IMAPClientError) as error:
        failure = f"{type(error).__name__}: {error}"[:200]
    Mailbox.objects.filter(pk=mailbox.pk).update(polled_at=at, failure=failure)
    return seen


def take(*, mailbox: Mailbox, fetched: Fetched, validity: int, actor: Staff, at: datetime) -> IncomingMail:
    """Take one message in, or refuse it, and remember the place in the mailbox."""
    mail: Mail | None = None
    with suppress(BrokenMailError):
        mail = read(fetched.raw)
    files, left_out = _examined(mail, actor, at) if mail and fetched.whole else ([], [])
    with transaction.atomic():
        box = Mailbox.objects.select_for_update(of=("self",)).select_related("branch").get(pk=mailbox.pk)
        why = _why(box, mail, fetched, at)
        complaint = None if why or mail is None else _complaint(box, mail, files, actor, at)
        outcome, thread = MailOutcome.REFUSED, None
        if complaint is not None:
            thread, is_new = complaint
            outcome = MailOutcome.REGISTERED if is_new else MailOutcome.JOINED
        row = IncomingMail.objects.create(
            mailbox=box,
            uid=fetched.uid,
            message_id=mail.message_id if mail else "",
            digest=mail.digest if mail else b"",
            size=fetched.size,
            outcome=outcome,
            refusal=why or "",
            complaint=thread,
            sender=mail.sender if mail else None,
            sender_index=_index(mail.sender) if mail else None,
            subject=mail.subject if mail else None,
            text=mail.text if mail and outcome != MailOutcome.REFUSED else None,
            defects=list(mail.defects) if mail else [],
            left_out=left_out,
            sent_at=mail.sent_at if mail else None,
            taken_at=at,
        )
        if mail is not None and why == MailRefusal.BOUNCE:
            bounced(message_id=mail.bounced, at=at)
        if why in (MailRefusal.TOO_LARGE, MailRefusal.BROKEN):
            _tell_officers(box, row, at)
        if mail is not None and thread is not None and outcome == MailOutcome.REGISTERED and box.acknowledges:
            acknowledge(complaint=thread, to=mail.sender, in_reply_to=mail.message_id, at=at)
        Mailbox.objects.filter(pk=box.pk).update(validity=validity, last_uid=fetched.uid)
    mailbox.validity, mailbox.last_uid = validity, fetched.uid
    return row


def _why(box: Mailbox, mail: Mail | None, fetched: Fetched, at: datetime) -> MailRefusal | None:
    if mail is None:
        return MailRefusal.BROKEN
    own = {address.lower() for address in Mailbox.objects.values_list("address", flat=True)}
    lately = IncomingMail.objects.filter(sender_index=_index(mail.sender), taken_at__gt=at - timedelta(hours=1))
    why = refusal(mail, own=own, host=LOOP, from_sender=lately.count(), at_most=box.hourly_limit)
    known = IncomingMail.objects.exclude(outcome=MailOutcome.REFUSED)
    if why is None and known.filter(message_id=mail.message_id, digest=mail.digest).exists():
        return MailRefusal.TWICE
    return why or (None if fetched.whole else MailRefusal.TOO_LARGE)


def _examined(mail: Mail, actor: Staff, at: datetime) -> tuple[list[Examined], list[str]]:
    """The files that are taken, and for the others why not; a bad file costs nobody their complaint."""
    files: list[Examined] = []
    left_out: list[str] = []
    for enclosed in mail.enclosed:
        try:
            files.append(examine(upload=ContentFile(enclosed.content, enclosed.name), actor=actor, at=at))
        except RefusedFile as error:
            left_out.extend(error.messages)
    return files, left_out


def _complaint(
    box: Mailbox, mail: Mail, files: Sequence[Examined], actor: Staff, at: datetime
) -> tuple[Complaint, bool]:
    """The complaint that a message belongs to, and whether it is new."""
    found = _thread(mail)
    if found is None:
        complaint, is_new = _register(box, mail, actor, at), True
    else:
        complaint, is_new = locked(found), False
        told(complaint, StepKind.MESSAGE, actor=actor, at=at, note=mail.text or None, files=len(files))
        if complaint.handler_id:
            tell(
                staff_ids=[complaint.handler_id],
                kind="complaints.work",
                title=_("%(number)s: the complainant has written") % {"number": complaint},
                url=complaint.get_absolute_url(),
                at=at,
            )
    for examined in files:
        Attachment.objects.create(
            complaint=complaint,
            file=store(examined=examined, actor=actor, at=at),
            about=_("by e-mail"),
            added_by=actor,
            added_at=at,
        )
    return complaint, is_new


def _thread(mail: Mail) -> Complaint | None:
    """By the messages that it answers, else by the mark in its subject, which proves that it is an answer of ours."""
    if mail.references:
        sent = Delivery.objects.filter(message_id__in=mail.references).values_list("complaint_id", flat=True)
        came = IncomingMail.objects.filter(message_id__in=mail.references, complaint__isnull=False)
        key = sent.order_by("-pk").first() or came.order_by("-pk").values_list("complaint_id", flat=True).first()
        if key:
            return Complaint.objects.get(pk=key)
    if mail.token:
        number, token = mail.token
        if token == token_of(number):
            return Complaint.objects.filter(number=number).first()
    return None


def _register(box: Mailbox, mail: Mail, actor: Staff, at: datetime) -> Complaint:
    statement = "\n\n".join(part for part in (mail.subject, mail.text) if part) or _("(empty message)")
    given: dict[str, Any] = {
        "channel": Channel.MAIL,
        "statement": statement,
        "branch": box.branch,
        "received_at": min(mail.sent_at or at, at) if _is_recent(mail, at) else at,
        "actor": actor,
        "at": at,
    }
    name = mail.sender_name or mail.sender.partition("@")[0]
    return register(complaining=[Complaining(name=name, mail=mail.sender)], **given)


def _is_recent(mail: Mail, at: datetime) -> bool:
    """The sender's clock is believed for a day: a limit is not to be over before anybody could know."""
    return mail.sent_at is not None and at - timedelta(days=1) <= mail.sent_at <= at


def _index(address: str) -> bytes:
    return key_ring().blind_index(address.strip().lower(), SENDER)


def _tell_officers(box: Mailbox, row: IncomingMail, at: datetime) -> None:
    """A message that the product cannot take is taken in by hand."""
    officers = holders(permissions.HANDLE).filter(branch__path__startswith=box.branch.path)
    tell(
        staff_ids=list(officers.values_list("pk", flat=True)),
        kind="complaints.given",
        title=_("An e-mail to %(mailbox)s could not be taken in: %(why)s")
        % {"mailbox": box, "why": row.get_refusal_display()},
        url=row.get_absolute_url(),
        at=at,
    )


@transaction.atomic
def set_mailbox(*, mailbox: Mailbox, password: str, actor: Staff, at: datetime) -> Mailbox:
    """Keep a mailbox as the form gives it; an empty password leaves the one that is kept.

    Raises:
        ValidationError: a new mailbox without a password.
    """
    permissions.check_settings(actor)
    if password:
        mailbox.password = password
    if not mailbox.password:
        raise ValidationError({"password": _("Enter the password.")})
    if mailbox.pk:
        before = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
        if (before.host, before.folder, before.username) != (mailbox.host, mailbox.folder, mailbox.username):
            mailbox.validity, mailbox.last_uid = 0, 0
    mailbox.address, mailbox.changed_by = mailbox.address.lower(), actor
    mailbox.save()
    record("complaints.set_mailbox", actor=actor, at=at, target=mailbox)
    return mailbox
