"""The customer archive: persons, companies and their contact points."""

from keheng.customers.models.company import Company
from keheng.customers.models.contact import ContactPoint
from keheng.customers.models.customer import Customer, CustomerManager, CustomerQuerySet

__all__ = [
    "Company",
    "ContactPoint",
    "Customer",
    "CustomerManager",
    "CustomerQuerySet",
]
