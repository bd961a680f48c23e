"""What tests of ownership ask of the database."""

from django.db import connection

from keheng.care.enums.ownership import Part
from keheng.care.models import Ownership
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
