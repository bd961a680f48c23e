"""How sealed values of the archive are found: by their blind index whole, by their tail in part."""

from keheng.common.keys import key_ring

ID_NUMBER = "customers.id_number"
CONTACT = "customers.contact"


def id_keys(number: str) -> tuple[bytes, int]:
    """Index and tail of a document number in its normal form."""
    return key_ring().blind_index(number, ID_NUMBER), key_ring().blind_tail(number, ID_NUMBER)


def contact_keys(value: str) -> tuple[bytes, int]:
    """Index and tail of a contact point's value in its normal form."""
    return key_ring().blind_index(value, CONTACT), key_ring().blind_tail(value, CONTACT)
