"""Complaints by e-mail from the server to the log: once each, into their thread, refused with a reason (A7)."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from tests.complaints.conftest import MONDAY
from tests.complaints.imap_server import MailServer, mail_server

from keheng.complaints.enums import DeliveryState, MailOutcome, MailRefusal, MailSecurity
from keheng.complaints.models import Attachment, Complaint, Delivery, IncomingMail, Mailbox
from keheng.complaints.operations import mail as operations
from keheng.complaints.operations import outbox
from keheng.org.models import Branch, Staff
from keheng.org.queries import system_actor

pytestmark = pytest.mark.usefixtures("english")
ADDRESS = "ts@bank.example"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def mailbox(server: MailServer, branch: Branch) -> Mailbox:
    return Mailbox.objects.create(
        address=ADDRESS,
        host="127.0.0.1",
        port=server.port,
        security=MailSecurity.NONE,
        username="ts",
        password="geheim",
        branch=branch,
        size_limit=1,
    )


def letter(text: str = "利息算错了，请更正。", **headers: str) -> bytes:
    made = EmailMessage()
    values = {"From": "李国强 <li@example.cn>", "To": ADDRESS, "Subject": "利息", "Message-ID": "<a@example.cn>"}
    for name, value in {**values, **headers}.items():
        made[name] = value
    made.set_content(text)
    return made.as_bytes()


def polled(mailbox: Mailbox, **later: Any) -> list[str]:
    """Look into the mailbox, and tell what became of the messages that were new."""
    before = set(IncomingMail.objects.values_list("pk", flat=True))
    mailbox.refresh_from_db()
    operations.poll(mailbox=mailbox, actor=system_actor(), at=MONDAY + timedelta(**later))
    rows = IncomingMail.objects.exclude(pk__in=before).order_by("pk")
    return [row.refusal or row.outcome for row in rows]


def test_a7_a_message_makes_a_complaint_with_its_files_and_is_confirmed(server: MailServer, mailbox: Mailbox) -> None:
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = "李国强 <li@example.cn>", "利息", "<a@example.cn>"
    made.set_content("利息算错了。")
    made.add_attachment(b"2026-11-01 12.50\n", maintype="text", subtype="plain", filename="流水.txt")
    made.add_attachment(b"MZ\x90\x00program", maintype="application", subtype="octet-stream", filename="a.exe")
    server.deliver(made.as_bytes())
    assert polled(mailbox) == [MailOutcome.REGISTERED]
    complaint = Complaint.objects.get()
    assert (complaint.channel, complaint.branch, complaint.statement) == (
        "mail",
        mailbox.branch,
        "利息\n\n利息算错了。",
    )
    assert [party.mail for party in complaint.parties.all()] == ["li@example.cn"]
    assert Attachment.objects.get().file.name == "流水.txt"
    assert len(IncomingMail.objects.get().left_out) == 1
    assert outbox.send_waiting(at=MONDAY) == 1
    (sent,) = django_mail.outbox
    assert sent.to == ["li@example.cn"]
    assert sent.extra_headers["In-Reply-To"] == "<a@example.cn>"
    assert sent.extra_headers["Auto-Submitted"] == "auto-replied"
    assert complaint.number in sent.subject
    assert Delivery.objects.get().state == DeliveryState.SENT
    assert outbox.send_waiting(at=MONDAY) == 0


def test_a7_the_same_message_twice_makes_one_complaint(server: MailServer, mailbox: Mailbox) -> None:
    server.deliver(letter())
    server.deliver(b"Received: again\n" + letter())
    assert polled(mailbox) == [MailOutcome.REGISTERED, MailRefusal.TWICE]
    server.validity = 8  # the folder was made anew: all its messages come again
    assert polled(mailbox, minutes=5) == [MailRefusal.TWICE, MailRefusal.TWICE]
    assert Complaint.objects.count() == 1
    assert Delivery.objects.count() == 1
    row = IncomingMail.objects.get(outcome=MailOutcome.REGISTERED)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_what_was_looked_at_is_not_looked_at_again(server: MailServer, mailbox: Mailbox) -> None:
    server.deliver(letter())
    assert len(polled(mailbox)) == 1
    assert polled(mailbox) == []
    server.deliver(letter("还有一件事", **{"Message-ID": "<b@example.cn>"}))
    assert polled(mailbox) == [MailOutcome.REGISTERED]


def test_a_reply_joins_its_complaint_by_reference_and_by_the_mark(server: MailServer, mailbox: Mailbox) -> None:
    server.deliver(letter())
    polled(mailbox)
    outbox.send_waiting(at=MONDAY)
    ours = Delivery.objects.get()
    server.deliver(letter("补充说明", **{"Message-ID": "<b@x>", "In-Reply-To": ours.message_id}))
    server.deliver(letter("再补充", **{"Message-ID": "<c@x>", "References": "<a@example.cn>"}))
    server.deliver(letter("换了邮箱", **{"Message-ID": "<d@x>", "Subject": f"回复: {ours.subject}"}))
    forged = (ours.subject or "").replace("+", "+aa")[:-1]
    server.deliver(letter("猜编号", **{"Message-ID": "<e@x>", "Subject": forged[:16] + "+abcdefgh] 猜"}))
    assert polled(mailbox) == [*[MailOutcome.JOINED] * 3, MailOutcome.REGISTERED]
    first = Complaint.objects.order_by("pk")[0]
    assert first.steps.filter(kind="message").count() == 3
    assert Complaint.objects.count() == 2


def test_loops_and_machines_get_no_answer(server: MailServer, mailbox: Mailbox) -> None:
    server.deliver(letter(**{"From": ADDRESS}))
    server.deliver(letter(**{"X-Loop": outbox.LOOP}))
    server.deliver(letter(**{"Auto-Submitted": "auto-replied"}))
    assert polled(mailbox) == [MailRefusal.LOOP, MailRefusal.LOOP, MailRefusal.AUTOMATIC]
    mailbox.hourly_limit = 3
    mailbox.save()
    for place in range(5):
        server.deliver(letter(f"第{place}封", **{"Message-ID": f"<{place}@y>", "From": "z@example.cn"}))
    assert polled(mailbox) == [*[MailOutcome.REGISTERED] * 3, *[MailRefusal.TOO_MANY] * 2]
    assert Delivery.objects.count() == 3


def test_a_large_message_is_not_fetched_and_told_to_officers(
    server: MailServer, mailbox: Mailbox, officer: Staff
) -> None:
    server.deliver(letter("大" * 700_000))
    server.deliver(b"\xff\xfe\x00 no message at all")
    assert polled(mailbox) == [MailRefusal.TOO_LARGE, MailRefusal.BROKEN]
    assert [what for what in server.fetched if "SIZE" not in what] == ["(BODY.PEEK[HEADER])", "(BODY.PEEK[])"]
    row = IncomingMail.objects.get(refusal=MailRefusal.TOO_LARGE)
    assert (row.sender, row.subject, row.text) == ("li@example.cn", "利息", None)
    assert officer.pk in set(_told())


def test_20_mb_within_the_limit_are_taken(server: MailServer, mailbox: Mailbox) -> None:
    mailbox.size_limit = 20
    mailbox.save()
    server.deliver(letter("a" * 70 + "\n" + "b" * (19 * 2**20)))
    assert polled(mailbox) == [MailOutcome.REGISTERED]
    assert len(IncomingMail.objects.get().text or "") == 100_000


def test_a_returned_message_is_noted_on_its_delivery(server: MailServer, mailbox: Mailbox) -> None:
    server.deliver(letter())
    polled(mailbox)
    outbox.send_waiting(at=MONDAY)
    ours = Delivery.objects.get()
    report = (
        "From: MAILER-DAEMON@mx\nContent-Type: multipart/report; boundary=B\n\n--B\nContent-Type: text/rfc822-headers"
        f"\n\nMessage-ID: {ours.message_id}\n--B--\n"
    )
    server.deliver(report.encode())
    assert polled(mailbox) == [MailRefusal.BOUNCE]
    ours.refresh_from_db()
    assert (ours.state, ours.next_at) == (DeliveryState.FAILED, None)


def test_a_server_that_refuses_is_noted_and_asked_again(server: MailServer, mailbox: Mailbox) -> None:
    server.deliver(letter())
    server.password = "another"
    assert polled(mailbox) == []
    mailbox.refresh_from_db()
    assert "Login" in mailbox.failure or "LOGIN" in mailbox.failure.upper()
    server.password = "geheim"
    assert polled(mailbox) == [MailOutcome.REGISTERED]
    mailbox.refresh_from_db()
    assert mailbox.failure == ""


@pytest.mark.parametrize("broken", ["_index", "acknowledge", "store"])
def test_a_death_in_the_middle_leaves_nothing_or_all(
    server: MailServer, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    made = EmailMessage()
    made["From"], made["Message-ID"] = "li@example.cn", "<a@x>"
    made.set_content("利息算错了。")
    made.add_attachment(b"plain words\n", maintype="text", subtype="plain", filename="a.txt")
    server.deliver(made.as_bytes())

    def die(*_args: object, **_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(operations, broken, die)
        with pytest.raises(KeyboardInterrupt):
            polled(mailbox)
    assert not Complaint.objects.exists()
    assert not IncomingMail.objects.exists()
    assert polled(mailbox) == [MailOutcome.REGISTERED]
    assert Complaint.objects.count() == Attachment.objects.count() == Delivery.objects.count() == 1


def test_a_mail_server_that_fails_is_tried_again_and_given_up(
    server: MailServer, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(letter())
    polled(mailbox)

    def fail(*_args: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(django_mail.backends.locmem.EmailBackend, "send_messages", fail)
    assert outbox.send_waiting(at=MONDAY) == 0
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries, delivery.failure) == (DeliveryState.WAITING, 1, "ConnectionRefusedError")
    assert outbox.send_waiting(at=MONDAY + timedelta(seconds=30)) == 0
    for hours in range(1, 40, 9):
        outbox.send_waiting(at=MONDAY + timedelta(hours=hours))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.next_at) == (DeliveryState.FAILED, None)


def test_nothing_of_the_log_is_deleted(server: MailServer, mailbox: Mailbox) -> None:
    server.deliver(letter())
    polled(mailbox)
    with pytest.raises(DatabaseError), transaction.atomic():
        IncomingMail.objects.all().delete()


def test_a_mailbox_keeps_its_password_and_begins_anew_elsewhere(mailbox: Mailbox) -> None:
    boss = system_actor()
    mailbox.last_uid, mailbox.host = 9, "imap.bank.example"
    kept = operations.set_mailbox(mailbox=mailbox, password="", actor=boss, at=MONDAY)
    assert (kept.password, kept.last_uid) == ("geheim", 0)
    with pytest.raises(ValidationError):
        operations.set_mailbox(
            mailbox=Mailbox(address="b@bank.example", host="h", username="u", branch=mailbox.branch),
            password="",
            actor=boss,
            at=MONDAY,
        )


def _told() -> list[int]:
    from keheng.notices.models import Notice

    return list(Notice.objects.values_list("staff_id", flat=True))
