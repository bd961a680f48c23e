"""What follows from complaints in the demo bank (A7): e-mails, letters, compensation, responsibility, lessons."""

from datetime import datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage

from django.core.files.base import ContentFile
from django.utils.crypto import get_random_string

from keheng.common.clock import SHANGHAI
from keheng.complaints.enums import (
    CompensationForm,
    CompensationState,
    Degree,
    DeliveryKind,
    DeliveryState,
    DeliveryWay,
    LetterState,
    Outcome,
    State,
)
from keheng.complaints.imap import Fetched
from keheng.complaints.letter_pdf import letter_pdf
from keheng.complaints.models import Compensation, Complaint, Delivery, Lesson, LessonReading, Letter, Mailbox
from keheng.complaints.operations.consequences import appeal, conclude
from keheng.complaints.operations.lessons import publish_lesson
from keheng.complaints.operations.mail import take
from keheng.complaints.permissions import can_review
from keheng.complaints.policies.letters import fill
from keheng.complaints.queries.letters import template, values_of
from keheng.files.operations import examine, store
from keheng.org.models import Branch, Staff
from keheng.org.queries import system_actor

_REPLY, _MACHINE = {"References": "<demo-1@example.com>"}, {"Auto-Submitted": "auto-replied"}
_MAILS: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    ("王先生", "wang.demo@example.com", "手机银行转账未到账", "11月初转出的款项至今没有到账，请尽快核实。", {}),
    ("王先生", "wang.demo@example.com", "回复: 手机银行转账未到账", "补充：收款人说仍未收到。", _REPLY),
    ("李女士", "li.demo@example.com", "信用卡年费", "承诺首年免年费，账单里却扣了。", {}),
    ("自动回复", "out.demo@example.com", "自动答复: 休假中", "我正在休假。", _MACHINE),
)
_LESSONS = (
    ("代客操作前先核对授权", "经办人未核对授权书就办理了变更。", "凡变更先核对授权书原件，第二人复核后提交。"),
    ("收费先告知、后扣收", "扣收年费前没有告知客户免收条件。", "办卡时当面说明免收条件，扣收前三天短信提醒。"),
)


def write_letters(at: datetime) -> None:
    """Add to the complaints that are there; nothing where the bank has too few."""
    reviewer = Staff.objects.people().filter(username="service-manager").select_related("branch", "role").first()
    if reviewer is None:
        return
    rows = Complaint.objects.filter(state=State.CLOSED, grade__isnull=False).order_by("pk")[:40]
    ended = [row for row in rows if can_review(reviewer, row)][:6]
    if not ended:
        return
    _write_mails(at)
    for place, complaint in enumerate(ended[:3]):
        _write_letter(complaint, reviewer, place, at)
    _write_compensation(ended[0], reviewer, at)
    _conclude(ended, reviewer, at)
    for complaint, (title, happened, learned) in zip(ended, _LESSONS, strict=False):
        _publish(complaint, reviewer, (title, happened, learned), at)


def _write_mails(at: datetime) -> None:
    """A mailbox that is not polled, since no server is behind it, with what had come before."""
    branch = Branch.objects.filter(parent__parent=None, parent__isnull=False).order_by("path").first()
    head = Branch.objects.get(parent=None)
    box = Mailbox.objects.create(
        address="tousu@bank.example",
        host="imap.bank.example",
        username="tousu",
        password=get_random_string(12),
        branch=branch or head,
        enabled=False,
        acknowledges=False,
    )
    for number, (name, address, subject, words, headers) in enumerate(_MAILS, start=1):
        made = EmailMessage()
        made["From"], made["Subject"] = f"{name} <{address}>", subject
        made["Message-ID"] = f"<demo-{number}@example.com>"
        for header, value in headers.items():
            made[header] = value
        made.set_content(words)
        raw = made.as_bytes()
        fetched = Fetched(number, len(raw), raw, whole=True)
        take(mailbox=box, fetched=fetched, validity=1, actor=system_actor(), at=at - timedelta(hours=9 - number))


def _write_letter(complaint: Complaint, approver: Staff, place: int, at: datetime) -> None:
    moment = complaint.replied_at or at
    drafter = complaint.handler or complaint.registered_by
    used = template("reply-founded" if complaint.outcome != Outcome.UNJUSTIFIED else "reply-unfounded")
    day = moment.astimezone(SHANGHAI).date()
    values = values_of(complaint, day)
    subject, body = fill(used.subject, values)[:120], fill(used.body, values)
    content = letter_pdf(
        subject=subject, body=body, number=complaint.number, sender=complaint.branch.name, date=f"{day:%Y-%m-%d}"
    )
    examined = examine(upload=ContentFile(content, f"{complaint.number}.pdf"), actor=approver, at=moment)
    letter = Letter.objects.create(
        complaint=complaint,
        number=1,
        template=used,
        subject=subject,
        body=body,
        state=LetterState.APPROVED,
        drafted_by=drafter,
        drafted_at=moment - timedelta(hours=3),
        approved_by=approver if approver.pk != drafter.pk else system_actor(),
        approved_at=moment - timedelta(hours=1),
        file=store(examined=examined, actor=approver, at=moment),
    )
    way = (DeliveryWay.HANDED, DeliveryWay.POST)[place % 2]
    Delivery.objects.create(
        complaint=complaint,
        letter=letter,
        kind=DeliveryKind.REPLY,
        way=way,
        state=DeliveryState.DELIVERED,
        to=values["name"],
        reference="客户签收单" if way == DeliveryWay.HANDED else f"EMS10{complaint.pk:06d}",
        made_by=drafter,
        made_at=moment,
        settled_at=moment + timedelta(days=1),
    )


def _write_compensation(complaint: Complaint, payer: Staff, at: datetime) -> None:
    asker = complaint.handler or complaint.registered_by
    moment = complaint.replied_at or at
    Compensation.objects.create(
        complaint=complaint,
        form=CompensationForm.REFUND,
        amount=Decimal("200.00"),
        reason="退还误扣年费",
        state=CompensationState.PAID,
        asked_by=asker,
        asked_at=moment - timedelta(days=1),
        decided_at=moment - timedelta(hours=5),
        paid_by=payer,
        paid_at=moment,
        voucher="PZ20260088",
    )


def _conclude(ended: list[Complaint], reviewer: Staff, at: datetime) -> None:
    """Two conclusions about people of the outlets: one may be appealed against, one has been."""
    made = 0
    for complaint in ended:
        unit = complaint.about_branch
        person = Staff.objects.people().filter(branch=unit, is_active=True).exclude(pk=reviewer.pk).first()
        if person is None or made == 2:
            continue
        found = conclude(
            complaint=complaint,
            staff=person,
            degree=Degree.MAIN if made else Degree.PARTLY,
            words="未按规定复核，经办环节应负责。",
            actor=reviewer,
            at=at - timedelta(days=2),
        )
        if made:
            appeal(conclusion=found, reason="当日系统参数有误，非经办原因。", actor=person, at=at - timedelta(days=1))
        made += 1


def _publish(complaint: Complaint, reviewer: Staff, words: tuple[str, str, str], at: datetime) -> None:
    title, happened, learned = words
    lesson: Lesson = publish_lesson(
        complaint=complaint,
        branch=reviewer.branch,
        title=title,
        happened=happened,
        learned=learned,
        actor=reviewer,
        at=at - timedelta(days=4),
    )
    near = Staff.objects.people().filter(branch__path__startswith=reviewer.branch.path).order_by("pk")[:40]
    LessonReading.objects.bulk_create(
        LessonReading(lesson=lesson, staff=person, read_at=at - timedelta(days=3)) for person in list(near)[::2]
    )
