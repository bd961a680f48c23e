"""What the tests of privacy do before they look: a consent recorded, a request taken in."""

from datetime import datetime
from typing import Any

from keheng.common import clock
from keheng.customers.enums import CaseKind, ConsentHow, IdentityProof
from keheng.customers.models import Consent, Customer, PrivacyCase
from keheng.customers.operations import cases
from keheng.customers.operations.consent import record_consent
from keheng.org.models import Staff


def agreed(customer: Customer, officer: Staff, channels: list[str], **changes: Any) -> Consent | None:
    """Record that the customer agrees to marketing by these channels, unless ``changes`` say otherwise."""
    given_: dict[str, Any] = {"purpose": "marketing", "how": ConsentHow.COUNTER, "at": clock.now()} | changes
    return record_consent(customer=customer, channels=channels, actor=officer, **given_)


def asked(customer: Customer, kind: CaseKind, officer: Staff, at: datetime | None = None) -> PrivacyCase:
    """Take a request in, identity shown by a document."""
    proof = IdentityProof.DOCUMENT
    return cases.open_case(customer=customer, kind=kind, proof=proof, actor=officer, at=at or clock.now())
