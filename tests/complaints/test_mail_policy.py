"""Messages as senders really write them: charsets, broken forms, machines, threads (A7)."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keheng.complaints.enums import MailRefusal
from keheng.complaints.policies.mail import BrokenMailError, Mail, marked, read, refusal

HOST = "keheng-complaints"


def message(**headers: str) -> EmailMessage:
    made = EmailMessage()
    values = {
        "From": "李国强 <li@example.cn>",
        "To": "ts@bank.example",
        "Subject": "转账没到账",
        "Message-ID": "<a1@x>",
    }
    for name, value in {**values, **headers}.items():
        if value:
            made[name.replace("_", "-")] = value
    made.set_content("上周五转出的钱到今天还没有到账。")
    return made


def refused(mail: Mail, **given: object) -> MailRefusal | None:
    values = {"own": {"ts@bank.example"}, "host": HOST, "from_sender": 0, "at_most": 10, **given}
    return refusal(mail, **values)


def test_a_message_is_read_with_its_files() -> None:
    made = message(Date="Mon, 23 Nov 2026 09:00:00 +0800", In_Reply_To="<b@x>", References="<a@x> <b@x>")
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="流水.pdf")
    mail = read(made.as_bytes(policy=SMTP))
    assert (mail.sender, mail.sender_name, mail.subject) == ("li@example.cn", "李国强", "转账没到账")
    assert mail.text == "上周五转出的钱到今天还没有到账。"
    assert [(file.name, file.content) for file in mail.enclosed] == [("流水.pdf", b"%PDF-1.7")]
    assert mail.references == ("<b@x>", "<a@x>")
    assert str(mail.sent_at) == "2026-11-23 01:00:00+00:00"
    assert refused(mail) is None


def test_gb18030_under_the_label_of_gb2312_and_without_any() -> None:
    words = "客户经理镕垚说好退费，㐂还没有退"  # beyond GB2312 and GBK
    for label in ("gb2312", "gbk", "GB18030", "no-such-charset", ""):
        kind = f"Content-Type: text/plain; charset={label}\n" if label else ""
        raw = b"From: =?gb2312?B?wO65+se/?= <li@example.cn>\nSubject: " + words.encode("gb18030")
        mail = read(raw + f"\n{kind}Content-Transfer-Encoding: 8bit\n\n".encode() + words.encode("gb18030"))
        assert (mail.text, mail.subject, mail.sender_name) == (words, words, "李国强"), label


def test_a_page_is_read_as_words_without_its_scripts() -> None:
    made = EmailMessage()
    made["From"] = "li@example.cn"
    made.set_content("<style>p{}</style><p>收费<b>不</b>合理</p><script>alert(1)</script><p>请退回</p>", subtype="html")
    assert read(made.as_bytes()).text == "收费不合理\n请退回"


def test_two_deliveries_of_one_message_have_one_digest() -> None:
    first = message().as_bytes()
    again = b"Received: from elsewhere by mx\n" + first
    other = message()
    other.set_content("另一件事")
    assert read(first).digest == read(again).digest != read(other.as_bytes()).digest


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List-Id": "<news.example.cn>"},
        {"Return-Path": "<>"},
        {"X-Autoreply": "yes"},
    ],
)
def test_what_a_machine_wrote_is_refused(headers: dict[str, str]) -> None:
    assert refused(read(message(**headers).as_bytes())) == MailRefusal.AUTOMATIC


def test_loops_are_seen_by_address_mark_and_number() -> None:
    assert refused(read(message(From="TS@bank.example").as_bytes())) == MailRefusal.LOOP
    assert refused(read(message(**{"X-Loop": HOST}).as_bytes())) == MailRefusal.LOOP
    assert refused(read(message().as_bytes()), from_sender=10) == MailRefusal.TOO_MANY
    assert refused(read(message(**{"Auto-Submitted": "no"}).as_bytes())) is None


def test_a_report_of_delivery_names_the_message_it_is_about() -> None:
    raw = (
        b"From: MAILER-DAEMON@mx\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\n\n"
        b"--B\nContent-Type: text/plain\n\nUser unknown\n"
        b"--B\nContent-Type: message/rfc822\n\nMessage-ID: <ours@bank>\nFrom: ts@bank.example\n\nhi\n--B--\n"
    )
    mail = read(raw)
    assert (mail.bounced, refused(mail)) == ("<ours@bank>", MailRefusal.BOUNCE)


def test_the_mark_of_the_subject_leads_back_and_is_set_once() -> None:
    subject = marked("回复: 转账没到账", "TS261123-0001", "abcd2345")
    assert marked(subject, "TS261123-0001", "abcd2345").count("[") == 1
    assert read(message(Subject=f"Re: {subject}").as_bytes()).token == ("TS261123-0001", "abcd2345")
    assert read(message().as_bytes()).token is None


def test_a_broken_form_is_read_as_far_as_it_goes() -> None:
    raw = b"From: li@example.cn\nContent-Type: multipart/mixed; boundary=none\nDate: yesterday\n\n\xff\xfe no parts"
    mail = read(raw)
    assert mail.defects
    assert mail.sent_at is None
    for nothing in (b"", b"\x00" * 50, b"Subject: nobody\n\nhello", b"From: nobody\n\nhello"):
        with pytest.raises(BrokenMailError):
            read(nothing)


@given(st.binary(max_size=400), st.sampled_from([b"", b"From: a@b.cn\n", b"From: a@b.cn\nContent-Type: multipart/"]))
def test_whatever_comes_is_read_or_refused(rest: bytes, head: bytes) -> None:
    try:
        mail = read(head + rest)
    except BrokenMailError:
        return
    assert "@" in mail.sender
    assert len(mail.digest) == 32
