"""Fetching from a mailbox by IMAP: the messages after the last one, the large ones by their heads only."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from imapclient import IMAPClient

from keheng.complaints.enums import MailSecurity
from keheng.complaints.models import Mailbox

_SECONDS = 30
_AT_ONCE = 50
"""Messages of one poll: what is left comes with the next, a minute later."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message as the server has it; ``whole`` is false where only its head was fetched."""

    uid: int
    size: int
    raw: bytes
    whole: bool


@dataclass(frozen=True, slots=True)
class Folder:
    """An opened folder: its validity, by which its numbers count, and the messages after ``after``."""

    validity: int
    messages: Iterator[Fetched]


@contextmanager
def opened(mailbox: Mailbox) -> Iterator[Folder]:
    """Sign in and open the folder.

    Raises:
        OSError, imapclient.exceptions.IMAPClientError: the server cannot be reached, or refuses.
    """
    client = IMAPClient(mailbox.host, mailbox.port, ssl=mailbox.security == MailSecurity.TLS, timeout=_SECONDS)
    try:
        if mailbox.security == MailSecurity.STARTTLS:
            client.starttls()
        client.login(mailbox.username, mailbox.password or "")
        validity = int(client.select_folder(mailbox.folder, readonly=True)[b"UIDVALIDITY"])
        after = mailbox.last_uid if validity == mailbox.validity else 0
        yield Folder(validity, _messages(client, after, mailbox.size_limit * 2**20))
    finally:
        client.shutdown()


def _messages(client: IMAPClient, after: int, at_most: int) -> Iterator[Fetched]:
    # A range that ends in "*" always names the last message, also one that was seen.
    found = sorted(uid for uid in client.search(["UID", f"{after + 1}:*"]) if uid > after)[:_AT_ONCE]
    sizes = client.fetch(found, ["RFC822.SIZE"]) if found else {}
    for uid in found:
        size = int(sizes[uid][b"RFC822.SIZE"])
        item = "BODY.PEEK[]" if size <= at_most else "BODY.PEEK[HEADER]"
        content = client.fetch([uid], [item])[uid]
        raw = next(value for key, value in content.items() if key.startswith(b"BODY["))
        yield Fetched(uid, size, bytes(raw or b""), size <= at_most)
