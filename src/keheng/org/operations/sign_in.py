"""Sign-ins, failures and sign-outs go into the trail."""

from datetime import datetime

from keheng.audit.enums import Outcome
from keheng.audit.operations import record
from keheng.org.models import Staff


def record_sign_in(*, member: Staff, at: datetime) -> None:
    """Somebody has signed in."""
    record("org.sign_in", actor=member, at=at, target=member)


def record_sign_in_failure(*, username: str, at: datetime) -> None:
    """A sign-in failed. What was typed is kept only if it names an account: people type passwords in that box too."""
    member = Staff.objects.filter(username=username).first()
    record("org.sign_in", actor=member, at=at, target=member, outcome=Outcome.REFUSED)


def record_sign_out(*, member: Staff, at: datetime) -> None:
    """Somebody has signed out."""
    record("org.sign_out", actor=member, at=at, target=member)


def record_account_change(action: str, *, member: Staff, at: datetime) -> None:
    """A second factor was added, removed or its recovery codes renewed."""
    record(action, actor=member, at=at, target=member)
