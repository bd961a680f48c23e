"""A message as it came from the mail server, read into values; what is refused, and which thread it belongs to (A7).

Pure: bytes in, values out. Headers are read raw and decoded here: senders in China label GBK and GB18030 as ``gb2312``,
or send eight-bit headers without any label, and a message is never lost over that.
"""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses, parseaddr, parsedate_to_datetime
from html.parser import HTMLParser

from keheng.complaints.enums import MailRefusal

TOKEN = re.compile(r"\[\s*([0-9A-Z][0-9A-Z-]{5,20})\+([a-z2-7]{8})\s*\]", re.IGNORECASE)
"""What the product puts into the subject of its messages: the complaint's number and a keyed token."""

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,240}>")
_WIDER = {"gb2312": "gb18030", "gb_2312-80": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "x-gbk": "gb18030"}
_UNLABELLED = {"", "us-ascii", "ascii", "unknown-8bit", "default", "_iso-2022-jp$esc"}
_BULK = {"bulk", "junk", "list", "auto_reply"}
_LONGEST_TEXT = 100_000
_LONGEST_SUBJECT = 300


class BrokenMailError(Exception):
    """The bytes are no message that anything can be read from."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file of a message."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as far as it could be read.

    Attributes:
        message_id: with its angle brackets; empty where the sender gave none.
        digest: SHA-256 of what the sender wrote: the same for two deliveries of one message, whatever route they took.
        references: the messages that it answers, the nearest first.
        sent_at: as the sender's clock says; ``None`` where it says nothing that can be read.
        automatic: a machine wrote it (RFC 3834), a list sent it on, or it reports on another message.
        bounced: the message that it reports as not delivered.
        defects: what is wrong with its form, in the library's names.
    """

    message_id: str
    digest: bytes
    sender: str
    sender_name: str
    subject: str
    text: str
    sent_at: datetime | None
    references: tuple[str, ...]
    automatic: bool
    passed_by: frozenset[str]
    bounced: str
    enclosed: tuple[Enclosed, ...]
    defects: tuple[str, ...]

    @property
    def token(self) -> tuple[str, str] | None:
        """The complaint's number and the token of the subject, as far as it has them."""
        found = TOKEN.search(self.subject)
        return (found[1].upper(), found[2].lower()) if found else None


def read(raw: bytes) -> Mail:
    """Read a message.

    Raises:
        BrokenMailError: nothing can be read, or it names no sender: nobody could be answered.
    """
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        mail = _read(message)
    except BrokenMailError:
        raise
    except Exception as error:  # the library fails in many ways on what spammers send
        raise BrokenMailError(type(error).__name__) from error
    if "@" not in mail.sender:
        raise BrokenMailError("no sender")
    return mail


def refusal(mail: Mail, *, own: Collection[str], host: str, from_sender: int, at_most: int) -> MailRefusal | None:
    """Why a message makes no complaint and gets no answer; ``None``: it is taken.

    Args:
        own: the addresses of the institution's complaint mailboxes, in lower case.
        host: how the product marks its own messages in ``X-Loop``.
        from_sender: messages of this sender within the last hour.
        at_most: beyond so many within an hour two machines answer each other.
    """
    if mail.bounced:
        return MailRefusal.BOUNCE
    if mail.sender.lower() in own or host in mail.passed_by:
        return MailRefusal.LOOP
    if mail.automatic:
        return MailRefusal.AUTOMATIC
    if from_sender >= at_most:
        return MailRefusal.TOO_MANY
    return None


def marked(subject: str, number: str, token: str) -> str:
    """The subject of an answer: the mark that leads replies back, once, before the words."""
    words = TOKEN.sub("", subject).strip()
    return f"[{number}+{token}] {words}".strip()


def _read(message: EmailMessage) -> Mail:
    headers: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        headers.setdefault(name.lower(), []).append(_header(str(value)))
    first = {name: values[0] for name, values in headers.items()}
    name, sender = parseaddr(_plain(first.get("from", "")))
    if "@" not in sender:
        name, sender = parseaddr(_plain(first.get("sender", first.get("return-path", ""))))
    text, enclosed = _content(message)
    subject = " ".join(first.get("subject", "").split())[:_LONGEST_SUBJECT]
    defects = sorted({type(defect).__name__ for part in message.walk() for defect in part.defects})
    return Mail(
        message_id=_ids(first.get("message-id", ""))[:1][0] if _ids(first.get("message-id", "")) else "",
        digest=_digest(sender, subject, first.get("date", ""), text, enclosed),
        sender=sender.strip(),
        sender_name=name.strip()[:80],
        subject=subject,
        text=text[:_LONGEST_TEXT],
        sent_at=_moment(first.get("date", "")),
        references=_references(first),
        automatic=_automatic(first, message),
        passed_by=frozenset(value.strip().lower() for value in headers.get("x-loop", [])),
        bounced=_bounced(message),
        enclosed=enclosed,
        defects=tuple(defects),
    )


def _header(value: str) -> str:
    """A raw header in words: unfolded, encoded words decoded, eight-bit text taken for UTF-8 or GB18030."""
    value = value.replace("\r", "").replace("\n", "")
    if any("\udc80" <= character <= "\udcff" for character in value):
        value = _text(value.encode("ascii", "surrogateescape"), "")
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return "".join(piece if isinstance(piece, str) else _text(piece, charset or "") for piece, charset in pieces)


def _plain(value: str) -> str:
    """An address header whose decoded name holds signs that would end it."""
    return value.replace("：", ":").replace("＜", "<").replace("＞", ">")


def _text(raw: bytes, charset: str) -> str:
    """Bytes in words: by their label where it holds, else UTF-8, else GB18030, else what can be read of them."""
    charset = charset.lower().strip("\"' ")
    named = _WIDER.get(charset, charset)
    for candidate in (*(() if named in _UNLABELLED else (named,)), "utf-8", "gb18030"):
        try:
            return raw.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("gb18030" if named in _UNLABELLED or named == "gb18030" else "utf-8", "replace")


def _content(message: EmailMessage) -> tuple[str, tuple[Enclosed, ...]]:
    plain: list[str] = []
    html: list[str] = []
    enclosed: list[Enclosed] = []
    for part in _leaves(message):
        kind, name = part.get_content_type(), part.get_filename()
        raw = part.get_payload(decode=True)
        content = raw if isinstance(raw, bytes) else b""
        attached = part.get_content_disposition() == "attachment" or name
        if kind == "message/rfc822" or attached or not kind.startswith("text/"):
            if content:
                enclosed.append(Enclosed(_header(str(name or f"{kind.replace('/', '.')}"))[-120:], content))
        elif kind == "text/html":
            html.append(_without_tags(_text(content, part.get_content_charset() or "")))
        else:
            plain.append(_text(content, part.get_content_charset() or ""))
    text = "\n\n".join(piece for piece in plain if piece.strip()) or "\n\n".join(html)
    return text.replace("\r\n", "\n").replace("\x00", "").strip(), tuple(enclosed)


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    for part in message.walk():
        if not part.is_multipart() and isinstance(part, EmailMessage):
            yield part


class _Words(HTMLParser):
    """What a page says, without what it does."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        if tag in {"script", "style", "head"}:
            self._silent += 1
        elif tag in {"br", "p", "div", "tr", "li", "h1", "h2", "h3"}:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "head"}:
            self._silent = max(self._silent - 1, 0)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def _without_tags(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _digest(sender: str, subject: str, date: str, text: str, enclosed: Collection[Enclosed]) -> bytes:
    found = hashlib.sha256()
    for piece in (sender.lower(), subject, date, text):
        found.update(piece.encode("utf-8", "surrogateescape") + b"\0")
    for file in enclosed:
        found.update(hashlib.sha256(file.content).digest())
    return found.digest()


def _ids(value: str) -> list[str]:
    return _MESSAGE_ID.findall(value)


def _references(first: dict[str, str]) -> tuple[str, ...]:
    found = [*_ids(first.get("in-reply-to", "")), *reversed(_ids(first.get("references", "")))]
    return tuple(dict.fromkeys(found))[:50]


def _moment(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError):
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    try:
        return found.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _automatic(first: dict[str, str], message: EmailMessage) -> bool:
    """RFC 3834 and what older programs say instead."""
    if first.get("auto-submitted", "no").split(";")[0].strip().lower() != "no":
        return True
    if first.get("precedence", "").strip().lower() in _BULK or "list-id" in first:
        return True
    if first.get("x-autoreply") or first.get("x-autorespond"):
        return True
    return first.get("return-path", "").strip() == "<>" or message.get_content_type() == "multipart/report"


def _bounced(message: EmailMessage) -> str:
    """The message that a delivery report is about."""
    if message.get_content_type() != "multipart/report":
        return ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "text/rfc822-headers":
            raw = part.get_payload(decode=True)
            head = raw.decode("latin-1") if isinstance(raw, bytes) else ""
            found = _ids(" ".join(re.findall(r"(?im)^message-id:(.*)$", head)))
        elif kind == "message/rfc822" and isinstance(inner := part.get_payload(0), EmailMessage):
            found = _ids(" ".join(str(value) for key, value in inner.raw_items() if key.lower() == "message-id"))
        else:
            continue
        if found:
            return found[0]
    return ""


def addresses(values: Collection[str]) -> frozenset[str]:
    """The addresses of headers or settings, in lower case."""
    return frozenset(address.lower() for _name, address in getaddresses(list(values)) if "@" in address)
