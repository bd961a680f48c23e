from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from tests.factories import AccountFactory, BranchFactory, CustomerFactory, StaffFactory

from keheng.audit.models import Entry
from keheng.org.enums import DataScope
from keheng.portfolio import operations, permissions

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_an_account_number_is_shown_with_a_reason_and_a_trace() -> None:
    account, actor = AccountFactory.create(number="6228480402564890018"), StaffFactory.create(name="林建峰")
    assert operations.reveal(account=account, actor=actor, reason="核对", at=AT) == "6228480402564890018"
    entry = Entry.objects.get()
    assert (entry.action, entry.outcome, entry.reason, entry.target_id, entry.detail) == (
        "portfolio.reveal",
        "done",
        "核对",
        account.customer.pk,
        {"account": account.pk},
    )


@pytest.mark.parametrize(
    ("held", "level", "view", "reveal"),
    [
        (["customers.view", "customers.reveal", "portfolio.view"], 1, True, True),
        (["customers.view", "customers.reveal", "portfolio.view"], 2, True, False),
        (["customers.view", "customers.reveal", "customers.restricted", "portfolio.view"], 2, True, True),
        (["customers.view", "portfolio.view"], 1, True, False),
        (["customers.view", "customers.reveal"], 1, False, False),
        (["portfolio.view"], 1, False, False),
    ],
)
def test_account_numbers_open_to_whom_the_archive_opens(held: list[str], level: int, view: bool, reveal: bool) -> None:
    actor = StaffFactory.create(permissions=held)
    account = AccountFactory.create(customer=CustomerFactory.create(confidentiality=level))
    assert permissions.can_view(actor, account.customer) is view
    assert permissions.can_reveal(actor, account.customer) is reveal
    if not reveal:
        with pytest.raises(PermissionDenied):
            operations.reveal(account=account, actor=actor, reason="好奇", at=AT)
        assert Entry.objects.get().outcome == "refused"


def test_outside_the_scope_nothing_is_seen() -> None:
    actor = StaffFactory.create(branch=BranchFactory.create(), scope=DataScope.SUBTREE)
    customer = CustomerFactory.create(branch=BranchFactory.create())
    with pytest.raises(PermissionDenied, match="scope"):
        permissions.check_view(actor, customer)
    with pytest.raises(PermissionDenied, match="scope"):
        permissions.check_reveal(actor, customer)
