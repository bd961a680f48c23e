"""The mail server as one address: ``smtp://``, ``smtp+starttls://`` or ``smtps://user:password@host:port``."""

from typing import Any
from urllib.parse import unquote, urlsplit

_BACKENDS = "django.core.mail.backends"
_SCHEMES = {"smtp": {}, "smtp+starttls": {"use_tls": True}, "smtps": {"use_ssl": True}}


def mailer(url: str) -> dict[str, Any]:
    """The entry of ``MAILERS``; without an address nothing is sent, and what waits says so.

    Raises:
        ValueError: the address has another form.
    """
    if not url:
        return {"BACKEND": f"{_BACKENDS}.dummy.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise ValueError("KEHENG_SMTP_URL is smtp://, smtp+starttls:// or smtps:// with a host.")
    options: dict[str, Any] = {"host": parts.hostname, "timeout": 30, **_SCHEMES[parts.scheme]}
    if parts.port:
        options["port"] = parts.port
    if parts.username:
        options["username"], options["password"] = unquote(parts.username), unquote(parts.password or "")
    return {"BACKEND": f"{_BACKENDS}.smtp.EmailBackend", "OPTIONS": options}
