"""What the pages of webhooks show."""

from collections.abc import Sequence

from django.db.models import Count, Max, Prefetch, Q, QuerySet

from keheng.webhooks.enums import State
from keheng.webhooks.models import Attempt, Delivery, Subscription

_SHOWN = 100


def subscriptions() -> "QuerySet[Subscription]":
    """All of them with how many calls wait, were taken and were given up, and the last one."""
    return Subscription.objects.select_related("branch", "created_by").annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=State.WAITING)),
        delivered=Count("deliveries", filter=Q(deliveries__state=State.DELIVERED)),
        given_up=Count("deliveries", filter=Q(deliveries__state=State.GIVEN_UP)),
        last_at=Max("deliveries__at"),
    )


def deliveries_of(subscription: Subscription) -> Sequence[Delivery]:
    """The newest deliveries with their attempts; two queries."""
    log = Prefetch("log", Attempt.objects.order_by("pk"))
    return list(subscription.deliveries.prefetch_related(log).order_by("-pk")[:_SHOWN])
