"""What tests of ownership ask of the database, and a hand-over."""

from types import SimpleNamespace

from django.db import connection
from tests.care.conftest import AT

from keheng.care.enums.ownership import Part
from keheng.care.models import HandOver, Ownership
from keheng.care.operations.handing_over import offer_hand_over
from keheng.customers.models import Customer

ALL = Customer.objects.all
STALE = """select count(*) from customers_customer c left join care_ownership o
    on o.customer_id = c.id and o.part = 'owner' and upper_inf(o.period) where o.staff_id is distinct from c.owner_id"""


def stale() -> int:
    with connection.cursor() as cursor:
        cursor.execute(STALE)
        ((number,),) = cursor.fetchall()
    return int(number)


def current(customer: Customer, part: Part = Part.OWNER) -> Ownership:
    return Ownership.objects.current().get(customer=customer, part=part)


def offered(bank: SimpleNamespace, **given: object) -> HandOver:
    """What the manager offers to the second, unless said otherwise."""
    values = {"customers": ALL(), "giver": bank.manager, "taker": bank.second, "reason": "岗位调整", "at": AT}
    return offer_hand_over(**{**values, "actor": bank.manager, **given})  # type: ignore[arg-type]
