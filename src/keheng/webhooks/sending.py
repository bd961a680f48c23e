"""One call to another program: where it may go is checked on the very address that is connected to."""

import http.client
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from keheng.webhooks.policies import Network, is_inside, may_reach

_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Answer:
    """What came of a call: ``status`` of HTTP, or none and the reason."""

    status: int | None
    error: str
    milliseconds: int


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post ``body``; whatever goes wrong is an answer, too. No redirection is followed and no answer's body is kept."""
    begun = time.monotonic()

    def answered(status: int | None, error: str = "") -> Answer:
        return Answer(status, error[:200], int((time.monotonic() - begun) * 1000))

    try:
        return answered(_status(url, body, headers, settings.WEBHOOK_NETWORKS))
    except _RefusedError as error:
        return answered(None, str(error))
    except ssl.SSLError as error:
        return answered(None, _("The certificate is not accepted: %(reason)s") % {"reason": error.reason or error})
    except TimeoutError:
        return answered(None, _("No answer within %(seconds)d seconds.") % {"seconds": _PATIENCE_SECONDS})
    except (OSError, http.client.HTTPException, ValueError) as error:
        return answered(None, _("It cannot be reached: %(reason)s") % {"reason": error or type(error).__name__})


class _RefusedError(Exception):
    """An address that is not called, in one sentence."""


def _status(url: str, body: bytes, headers: Mapping[str, str], inside: Sequence[Network]) -> int:
    parts = urlsplit(url)
    secure, host = parts.scheme == "https", parts.hostname or ""
    port = parts.port or (443 if secure else 80)
    address = _address(host, port, inside, secure=secure)
    plain = socket.create_connection((address, port), timeout=_PATIENCE_SECONDS)
    context = ssl.create_default_context() if secure else None
    try:
        # The name is resolved once, so that it cannot lead elsewhere after it was looked at.
        connection = http.client.HTTPConnection(parts.netloc.rpartition("@")[2], timeout=_PATIENCE_SECONDS)
        connection.sock = context.wrap_socket(plain, server_hostname=host) if context else plain
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request("POST", path, body, dict(headers))
        return connection.getresponse().status
    finally:
        plain.close()


def _address(host: str, port: int, inside: Sequence[Network], *, secure: bool) -> str:
    """The first address of a host; every one of them must be allowed."""
    found = [str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for text in found:
        address = ip_address(text)
        if not may_reach(address, inside):
            raise _RefusedError(
                _("%(address)s lies in a network that may not be called (KEHENG_WEBHOOK_NETWORKS).") % {"address": text}
            )
        if not secure and not is_inside(address, inside):
            raise _RefusedError(_("Outside of the institution's own networks only https is called."))
    return found[0]
