import pytest
from tests.tiering.conftest import TODAY, Evaluate, MakeCustomer, wan

from keheng.customers.models import Customer
from keheng.tiering.queries.entitlements import PRIORITY, entitled, entitlements_of


@pytest.mark.parametrize(
    ("amount", "tier", "priority", "maintainers"),
    [
        (60, "T4", True, ("relationship-manager", "rm-supervisor")),
        (400, "T5", True, ("outlet-head", "rm-supervisor")),
        (30, "T3", False, ("relationship-manager", "lobby-manager")),
        (1, "T1", False, ("teller",)),
    ],
)
def test_decision_13_a_tier_entitles_to_its_privileges(
    make_customer: MakeCustomer, run_of: Evaluate, amount: int, tier: str, priority: bool, maintainers: tuple[str, ...]
) -> None:
    customer = make_customer(aum_average=wan(amount))
    run_of()
    customer.refresh_from_db()
    found = entitlements_of(customer, TODAY)
    assert (found.tier, found.is_priority, found.maintainers) == (tier, priority, maintainers)
    assert entitled(Customer.objects.all(), PRIORITY, TODAY).filter(pk=customer.pk).exists() is priority


def test_whoever_has_no_tier_is_entitled_to_nothing(make_customer: MakeCustomer) -> None:
    customer = make_customer(aum_average=wan(60))
    assert entitlements_of(customer, TODAY).privileges == {}
    assert not entitled(Customer.objects.all(), "no_such_privilege", TODAY).exists()
