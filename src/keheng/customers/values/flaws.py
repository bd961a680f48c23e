"""What is wrong with a document or contact point, in words that say what to do."""

from django.utils.translation import gettext as _

from keheng.customers.enums import ContactKind, IdentityKind
from keheng.customers.values.identity import Flaw


def sentence(flaw: Flaw, kind: str) -> str:
    """One sentence for a flaw of a value of ``kind`` (``IdentityKind`` or ``ContactKind``)."""
    match flaw:
        case Flaw.EMPTY:
            return _("Enter the number, or leave the kind empty.")
        case Flaw.CHECK_DIGIT:
            return _("The last character does not fit the others: one of them is mistyped. Compare with the document.")
        case Flaw.BIRTH_DATE:
            return _("Places 7 to 14 are no possible date of birth. Compare with the document.")
        case Flaw.REGION:
            return _("The first digits name no known region. Check them; it may be a new one.")
        case Flaw.SHAPE:
            return _shapes().get(kind, _("This does not look right. Compare with the document."))


def _shapes() -> dict[str, str]:
    return {
        IdentityKind.RESIDENT: _("A resident identity number has 17 digits and a digit or X."),
        IdentityKind.CREDIT_CODE: _("A unified social credit code has 18 digits and capitals, without I, O, S, V, Z."),
        IdentityKind.PASSPORT: _("A passport number has 5 to 30 letters, digits and dashes."),
        IdentityKind.OTHER: _("A document number has 5 to 30 letters, digits and dashes."),
        ContactKind.MOBILE: _("A mobile number has 11 digits and begins with 13 to 19."),
        ContactKind.PHONE: _("Write a telephone with its area code, such as 0577-88002210."),
        ContactKind.BACKUP: _("Write a telephone with its area code, such as 0577-88002210, or a mobile number."),
        ContactKind.EMAIL: _("Write an e-mail address as name@example.com."),
        ContactKind.WECHAT: _("A WeChat name begins with a letter and has 6 to 20 letters, digits, - and _."),
    }
