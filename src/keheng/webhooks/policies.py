"""How calls are signed, when they are repeated, and which addresses may be called. Pure."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

SIGNATURE = "Keheng-Signature"
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
)
"""How long to wait after each failed attempt; after the last of them a delivery is given up, a day after the first."""


def signature(secret: str, body: bytes, at: datetime) -> str:
    """The value of the header ``Keheng-Signature``: ``t=<seconds>,v1=<hex HMAC-SHA256 of "t.body">``.

    The time is part of what is signed, so that a recorded call cannot be played again later.
    """
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(secret, seconds, body)}"


def is_signed(secret: str, body: bytes, header: str, at: datetime, *, tolerance: timedelta) -> bool:
    """What a receiver does: whether a call was signed with the secret, within ``tolerance`` of its own clock."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    seconds = parts.get("t", "")
    if not seconds.isdecimal() or abs(at.timestamp() - int(seconds)) > tolerance.total_seconds():
        return False
    return hmac.compare_digest(_digest(secret, int(seconds), body), parts.get("v1", ""))


def next_attempt(attempts: int, at: datetime) -> datetime | None:
    """When to try again after so many failed attempts; ``None``: not again."""
    return at + WAITS[attempts - 1] if attempts <= len(WAITS) else None


def is_taken(status: int | None) -> bool:
    """Whether an answer means that the receiver has taken the news; a redirection does not: none is followed."""
    return status is not None and 200 <= status < 300


def may_reach(address: Address, inside: Sequence[Network]) -> bool:
    """Whether an address may be called: on the open network, or in one that the operator has named.

    What only this machine or its link can see (such as a cloud's metadata at 169.254.169.254) is refused unless it is
    this machine itself and was named; addresses of many receivers never are.
    """
    plain = address.ipv4_mapped if isinstance(address, IPv6Address) and address.ipv4_mapped else address
    if plain.is_link_local or plain.is_multicast or plain.is_unspecified:
        return False
    return plain.is_global or is_inside(plain, inside)


def is_inside(address: Address, inside: Sequence[Network]) -> bool:
    """Whether an address lies in a network that the operator has named: there plain HTTP may be spoken."""
    return any(address in network for network in inside if network.version == address.version)


def _digest(secret: str, seconds: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
