"""What care keeps of a person: told in a copy, erased with them (PIPL 45, 47)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from keheng.care.models import (
    CareProfile,
    Contact,
    ContactVersion,
    Contribution,
    CustomerChoice,
    CustomerNeed,
    Duty,
    HandOver,
    HandOverItem,
    Message,
    Referral,
    Task,
)
from keheng.care.operations.adopting import BEYOND
from keheng.care.operations.handing_over import APPROVAL as HAND_OVER
from keheng.care.queries.rules import outcome_rules
from keheng.customers.models import Customer
from keheng.customers.privacy.copies import register_record, register_section
from keheng.customers.privacy.erasure import (
    LATE,
    USUAL,
    register_deletion,
    register_page,
    register_requests,
    register_statement,
)


def _contacts(customer: Customer) -> Iterable[Sequence[Any]]:
    rules = outcome_rules().rules
    for contact in Contact.objects.standing().filter(customer=customer):
        outcome = rules.outcome(contact.outcome)
        yield (
            contact.at,
            contact.get_channel_display(),
            contact.get_direction_display(),
            outcome.name if outcome else contact.outcome,
            contact.note,
            contact.next_step,
            contact.next_on,
        )


def _messages(customer: Customer) -> Iterable[Sequence[Any]]:
    for message in Message.objects.filter(customer=customer, text__isnull=False):
        yield message.closed_at, message.get_channel_display(), message.text


register_section(
    "contacts-logged",
    _("Contact log"),
    lambda: (_("time"), _("channel"), _("direction"), _("outcome"), _("what was said"), _("next step"), _("next date")),
    _contacts,
    order=90,
)
register_section("messages", _("Messages sent"), lambda: (_("time"), _("channel"), _("text")), _messages, order=91)
register_record("care-profile", CareProfile, order=92)

# That somebody was contacted, when and by which channel stays as a figure; what was said, planned and sent goes.
register_statement(
    Contact,
    "update care_contact set note = null, words = '{}', next_step = '', event = '' where customer_id = any(%(ids)s)",
    order=USUAL,
)
register_statement(
    ContactVersion,
    "delete from care_contactversion version using care_contact contact"
    " where version.contact_id = contact.id and contact.customer_id = any(%(ids)s)",
)
register_deletion(Task)
register_deletion(Message)
register_deletion(CareProfile)
register_deletion(Contribution)
register_deletion(Duty, order=LATE)
register_deletion(CustomerNeed)
# Who passed a customer on to whom stays; what was told of the customer goes.
register_statement(Referral, "update care_referral set need = '', answer = '' where customer_id = any(%(ids)s)")
register_statement(HandOverItem, "update care_handoveritem set note = '' where customer_id = any(%(ids)s)")
_HAND_OVERS = "select hand_over_id from care_handoveritem where customer_id = any(%(ids)s)"
# What was written about several customers at once may tell of any of them.
register_statement(
    HandOver, f"update care_handover set reason = '', note = '', answer = '' where id in ({_HAND_OVERS})"
)
register_requests(HAND_OVER, _HAND_OVERS)
register_page("care:hand-over", _HAND_OVERS)
register_requests(BEYOND, "select id from customers_customer where id = any(%(ids)s)")
register_statement(CustomerChoice, "update care_customerchoice set said = '' where customer_id = any(%(ids)s)")
