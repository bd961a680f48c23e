"""What the archive does on news of its own."""

from keheng.common.events import receiver
from keheng.customers import operations
from keheng.customers.events import CustomerChanged


@receiver(CustomerChanged)
def _on_change(event: CustomerChanged) -> None:
    operations.open_reviews_of_change(
        customer_id=event.customer_id, fields=event.fields, actor_id=event.actor_id, at=event.at
    )
