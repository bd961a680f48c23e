"""The flags of customers who complain, as somebody may see them, and the care that followed."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from keheng.care.models import Task
from keheng.complaints.models import Complaint, CustomerFlag
from keheng.org.models import Staff


def standing(staff: Staff, today: date) -> "QuerySet[CustomerFlag]":
    """The flags that stand on a day. Whoever is complained about learns of it by the form, not by a flag."""
    lasts = Q(until=None) | Q(until__gte=today)
    unsealed = CustomerFlag.objects.defer("complaint__statement", "complaint__wish", "complaint__finding")
    return unsealed.filter(lasts).exclude(complaint__about_staff=staff)


def care_after(complaints: Collection[Complaint]) -> "QuerySet[Task]":
    """The tasks to keep the customer that these complaints gave rise to, the newest first."""
    causes = [f"complaint:{complaint.pk}:risk{ending}" for complaint in complaints for ending in ("", ":talk")]
    return Task.objects.filter(cause__in=causes).select_related("staff").order_by("-created_at", "-pk")
