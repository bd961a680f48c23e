"""What stands on a page for a sealed value of the archive until it is revealed."""

from collections.abc import Callable

from keheng.common.masking import mask_account, mask_email, mask_id_number, mask_phone, mask_text
from keheng.customers.enums import ContactKind, Disclosure
from keheng.customers.models import ContactPoint, Customer

_MASKS: dict[str, Callable[[str], str]] = {
    ContactKind.EMAIL: mask_email,
    ContactKind.WECHAT: mask_account,
    ContactKind.ADDRESS: mask_text,
}


def mask_contact(kind: str, value: str) -> str:
    """The mask of a contact point's value by its kind."""
    return _MASKS.get(kind, mask_phone)(value)


def masked_contact(point: ContactPoint) -> str:
    """The mask of a contact point."""
    return mask_contact(point.kind, point.value or "")


def masked_document(customer: Customer) -> str:
    """The mask of the document number, empty where there is none."""
    return mask_id_number(customer.id_number) if customer.id_number else ""


def told(shown: Disclosure, value: str, mask: str) -> str:
    """What a file, a print or an answer holds of a value, by what the confidentiality rules show of it.

    A value that may be shown on request is whole here: the request was the approval of the file.
    """
    if shown >= Disclosure.REVEAL:
        return value
    return mask if shown == Disclosure.MASKED else ""
