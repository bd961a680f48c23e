"""Whatever sets the owner of customers without care leaves periods to be brought up."""

from keheng.care.operations.ownership import follow_owners
from keheng.common import clock
from keheng.common.events import receiver
from keheng.customers.events import CustomersAnonymised, CustomersAssigned, CustomersSeparated, CustomersUnified
from keheng.ingest.events import BatchLoaded


@receiver(BatchLoaded)
def _on_batch(_event: BatchLoaded) -> None:
    follow_owners(at=clock.now())


@receiver(CustomersAssigned)
def _on_assignment(event: CustomersAssigned) -> None:
    follow_owners(customer_ids=event.customer_ids, at=event.at)


@receiver(CustomersUnified)
def _on_merge(event: CustomersUnified) -> None:
    follow_owners(customer_ids=[event.survivor_id], at=event.at)


@receiver(CustomersSeparated)
def _on_separation(event: CustomersSeparated) -> None:
    follow_owners(customer_ids=[event.survivor_id, event.lost_id], at=event.at)


@receiver(CustomersAnonymised)
def _on_erasure(event: CustomersAnonymised) -> None:
    follow_owners(customer_ids=event.customer_ids, at=event.at)
