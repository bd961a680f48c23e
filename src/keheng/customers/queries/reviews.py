"""Reads of reviews."""

from django.db.models import QuerySet

from keheng.customers.models import Customer, Review
from keheng.org.models import Staff


def open_reviews_of(customer: Customer) -> list[Review]:
    """What is to be looked at with a customer, the most urgent first; one query."""
    return list(Review.objects.filter(customer=customer, outcome="").order_by("due_on", "pk"))


def due_reviews(staff: Staff) -> "QuerySet[Review]":
    """The open reviews of the customers in the scope of ``staff``."""
    return Review.objects.filter(outcome="", customer__in=Customer.objects.visible_to(staff).order_by().values("pk"))
