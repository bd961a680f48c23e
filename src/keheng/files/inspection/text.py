"""Plain text: readable, and nothing that a browser would run."""

import re

from keheng.files.refusals import Reason, RefusedFile

_MARKUP = re.compile(
    r"^\s*(<\?xml|<!doctype|<!--)|<(html|head|body|script|svg|iframe|object|embed|meta|link|style|img|form)[\s>/]",
    re.IGNORECASE,
)
_SCRIPT_LINES = re.compile(r"^\s*(@echo off|<\?php|powershell\b|on error resume next|\{\\rtf)", re.IGNORECASE)
_ENCODINGS = ("utf-8-sig", "gb18030")
_MARKED = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def check(content: bytes) -> None:
    """Refuse what is no plain text.

    Raises:
        RefusedFile: not readable, a script, or with the tags of a web page.
    """
    text = _read(content)
    if _SCRIPT_LINES.search(text):
        raise RefusedFile(Reason.PROGRAM)
    if _MARKUP.search(text):
        raise RefusedFile(Reason.MARKUP)
    if any(ord(character) < 32 and character not in "\t\r\n\f" for character in text):
        raise RefusedFile(Reason.UNKNOWN)


def _read(content: bytes) -> str:
    marked = _MARKED.get(content[:2])
    for encoding in (marked,) if marked else _ENCODINGS:
        try:
            return content.decode(encoding).lstrip("\ufeff")
        except UnicodeDecodeError:
            continue
    raise RefusedFile(Reason.UNKNOWN)
