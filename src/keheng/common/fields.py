"""Model fields for values that have a rule of their own in the database."""

from collections.abc import Sequence
from typing import Any

from django.db import models

from keheng.common.keys import key_ring


class EncryptedField[T](models.BinaryField[T | None, T | None]):
    """A value encrypted at rest (``bytea``), plain in Python; the kinds below say of which type.

    ``purpose`` names the value for the cipher and must never change. The field cannot be searched: keep a blind
    index beside it (:meth:`keheng.common.crypto.KeyRing.blind_index`).
    """

    rows_at_once = 5_000  # that a change of keys brings into memory

    def __init__(self, *args: Any, purpose: str = "", **kwargs: Any) -> None:
        self.purpose = purpose
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs["purpose"] = self.purpose
        return name, path, args, kwargs

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:  # noqa: ARG002
        raise TypeError("Encrypted values are not serialised.")


class EncryptedTextField(EncryptedField[str]):
    """Text, encrypted."""

    def from_db_value(self, value: Any, *_context: object) -> str | None:
        return None if value is None else key_ring().decrypt(bytes(value), self.purpose)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = key_ring().encrypt(value, self.purpose)
        return super().get_db_prep_value(value, connection, prepared)


class EncryptedBytesField(EncryptedField[bytes]):
    """Bytes, encrypted: pieces of files, of a megabyte at most."""

    rows_at_once = 16

    def from_db_value(self, value: Any, *_context: object) -> bytes | None:
        return None if value is None else key_ring().unseal(bytes(value), self.purpose)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, bytes):
            value = key_ring().seal(value, self.purpose)
        return super().get_db_prep_value(value, connection, prepared)


class MoneyField(models.DecimalField[Any, Any]):
    """An amount in CNY with two decimals, up to 10^16."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"], kwargs["decimal_places"] = 18, 2
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs
