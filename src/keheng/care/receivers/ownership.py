"""Whatever sets the owner of customers without care leaves periods to be brought up; who passes on, and who leaves."""

from keheng.approvals.enums import State
from keheng.approvals.events import RequestDecided
from keheng.approvals.models import Request
from keheng.care.events import OwnersPassed
from keheng.care.models import HandOver
from keheng.care.operations.adopting import BEYOND, settle_adoption
from keheng.care.operations.handing_over import APPROVAL, settle_hand_over
from keheng.care.operations.ownership import follow_owners
from keheng.care.operations.standing_in import stand_in
from keheng.care.operations.taking_over import take_over
from keheng.common import clock
from keheng.common.events import receiver
from keheng.customers.events import CustomersAnonymised, CustomersAssigned, CustomersSeparated, CustomersUnified
from keheng.ingest.events import BatchLoaded
from keheng.org.events import StaffDeactivated
from keheng.org.models import Staff


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


@receiver(OwnersPassed)
def _on_pass(event: OwnersPassed) -> None:
    take_over(customer_ids=list(event.owners), contact_by=event.contact_by, at=event.at)


@receiver(StaffDeactivated)
def _on_deactivation(event: StaffDeactivated) -> None:
    stand_in(member=Staff.objects.select_related("branch", "role").get(pk=event.staff_id), at=event.at)


@receiver(RequestDecided)
def _on_answer(event: RequestDecided) -> None:
    approved = event.outcome == State.APPROVED
    if event.kind == APPROVAL:
        request = Request.objects.get(pk=event.request_id)
        hand_over = HandOver.objects.filter(pk=request.subject_id or 0).first()
        if hand_over and event.outcome != State.RETURNED:
            settle_hand_over(hand_over=hand_over, approved=approved, at=event.at)
    elif event.kind == BEYOND:
        settle_adoption(
            request=Request.objects.select_related("requester").get(pk=event.request_id), approved=approved, at=event.at
        )
