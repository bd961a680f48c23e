"""Personal data at rest: AES-256-GCM under a key ring, and keyed blind indexes for exact search.

A stored value is ``key id (1 byte) · nonce (12) · ciphertext and tag``. The purpose (``"customers.id_number"``) is
bound as associated data, so that a value copied into another column does not open. Rotation: add a key, make it
current (:func:`keheng.common.keys.add_key`); old values open with the old key until they are written again
(:func:`keheng.common.rotation.reencrypt`). The index key never rotates with them.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_INDEX_BYTES = 16
_HASH_BLOCK = 64  # of SHA-256
_KEY_BYTES = 32
_MOST_KEYS = 255  # the key id is one byte, and 0 is no key


class UnreadableValue(Exception):
    """A stored value that no key of the ring opens, or that was made for another purpose."""


@dataclass(frozen=True)
class KeyRing:
    """The encryption keys by id, the id used for new values, and the key of the blind indexes."""

    keys: dict[int, bytes]
    current: int
    index_key: bytes
    _ciphers: dict[int, AESGCM] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ciphers", {key_id: AESGCM(key) for key_id, key in self.keys.items()})

    def with_fresh_key(self) -> "KeyRing":
        """The same ring with one more key, which is current."""
        following = max(self.keys) + 1
        if following > _MOST_KEYS:
            raise ValueError(f"A ring holds at most {_MOST_KEYS} keys.")
        return KeyRing({**self.keys, following: os.urandom(_KEY_BYTES)}, following, self.index_key)

    def seal(self, data: bytes, purpose: str) -> bytes:
        """Encrypt bytes, such as a piece of a file, for one purpose."""
        nonce = os.urandom(_NONCE)
        return bytes((self.current,)) + nonce + self._ciphers[self.current].encrypt(nonce, data, purpose.encode())

    def encrypt(self, text: str, purpose: str) -> bytes:
        """Encrypt one text for one purpose."""
        return self.seal(text.encode(), purpose)

    def encrypt_many(self, texts: Sequence[str | None], purpose: str) -> list[bytes | None]:
        """Encrypt a column; ``None`` stays ``None``. Same result as :meth:`encrypt`, with one call for randomness."""
        cipher, prefix, bound = self._ciphers[self.current].encrypt, bytes((self.current,)), purpose.encode()
        random = os.urandom(_NONCE * len(texts))
        return [
            None
            if text is None
            else prefix + (nonce := random[at * _NONCE : (at + 1) * _NONCE]) + cipher(nonce, text.encode(), bound)
            for at, text in enumerate(texts)
        ]

    def decrypt(self, stored: bytes, purpose: str) -> str:
        """Open a stored text; raises as :meth:`unseal`."""
        return self.unseal(stored, purpose).decode()

    def unseal(self, stored: bytes, purpose: str) -> bytes:
        """Open a stored value.

        Raises:
            UnreadableValue: unknown key, damaged value, or made for another purpose.
        """
        cipher = self._ciphers.get(stored[0]) if stored else None
        if cipher is None:
            raise UnreadableValue(f"no key for a value of {purpose}")
        try:
            return cipher.decrypt(stored[1 : 1 + _NONCE], stored[1 + _NONCE :], purpose.encode())
        except InvalidTag as error:
            raise UnreadableValue(f"a value of {purpose} does not open") from error

    def blind_index(self, text: str, purpose: str) -> bytes:
        """Return 16 bytes equal for equal texts of one purpose, and nothing else to whoever lacks the key."""
        return hmac.digest(self.index_key, f"{purpose}\0{text}".encode(), hashlib.sha256)[:_INDEX_BYTES]

    def blind_index_many(self, texts: Sequence[str | None], purpose: str) -> list[bytes | None]:
        """Index a column; ``None`` stays ``None``. Same result as :meth:`blind_index`, in half the time: the two hashes
        of HMAC (RFC 2104) begin with the same blocks for every text."""
        sha256, key = hashlib.sha256, self.index_key
        key = (key if len(key) <= _HASH_BLOCK else sha256(key).digest()).ljust(_HASH_BLOCK, b"\0")
        inner = bytes(byte ^ 0x36 for byte in key) + f"{purpose}\0".encode()
        outer = bytes(byte ^ 0x5C for byte in key)
        return [
            None if text is None else sha256(outer + sha256(inner + text.encode()).digest()).digest()[:_INDEX_BYTES]
            for text in texts
        ]

    def blind_tail(self, text: str, purpose: str) -> int:
        """Return a keyed 32-bit number for the last four characters, for search by tail."""
        digest = hmac.digest(self.index_key, f"{purpose}.tail\0{text[-4:].upper()}".encode(), hashlib.sha256)
        return int.from_bytes(digest[:4], signed=True)


def load_key_ring(path: Path) -> KeyRing:
    """Read the ring from ``path``; make a fresh one (mode 0600) when there is none."""
    if not path.exists():
        fresh = KeyRing(keys={1: os.urandom(_KEY_BYTES)}, current=1, index_key=os.urandom(_KEY_BYTES))
        partial = _written_aside(fresh, path)
        try:
            os.link(partial, path)  # the first of two starters wins; the other reads what it wrote
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return parse_key_ring(path.read_text())


def write_key_ring(ring: KeyRing, path: Path) -> None:
    """Replace the file at ``path`` in one step; a reader sees the old ring or the new one, never half of one."""
    _written_aside(ring, path).replace(path)


def parse_key_ring(text: str) -> KeyRing:
    """Read a ring from its JSON text (``KEHENG_KEYS`` or the key file)."""
    raw = json.loads(text)
    keys = {int(key_id): base64.b64decode(key) for key_id, key in raw["keys"].items()}
    return KeyRing(keys=keys, current=int(raw["current"]), index_key=base64.b64decode(raw["index_key"]))


def _written_aside(ring: KeyRing, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(
            {
                "current": ring.current,
                "keys": {str(key_id): _text(key) for key_id, key in ring.keys.items()},
                "index_key": _text(ring.index_key),
            },
            file,
        )
        file.flush()
        os.fsync(file.fileno())
    return partial


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()
