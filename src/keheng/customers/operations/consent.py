"""Recording what customers consent to and withdraw: every act is kept, the last one counts (PIPL 13–16, 29, 31)."""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.clock import SHANGHAI
from keheng.common.events import publish
from keheng.customers.enums import ConsentHow
from keheng.customers.events import ConsentChanged
from keheng.customers.models import Consent, Customer
from keheng.customers.permissions.privacy import check_record_consent
from keheng.customers.policies.consent import Flaw, PrivacyRules, flaw_of_consent
from keheng.customers.policies.rights import age_on
from keheng.customers.queries.rules import privacy_rules
from keheng.org.models import Staff


@transaction.atomic
def record_consent(
    *,
    customer: Customer,
    purpose: str,
    channels: Collection[str],
    how: ConsentHow,
    evidence: str = "",
    guardian: str = "",
    actor: Staff,
    at: datetime,
) -> Consent | None:
    """Record that from now on the customer agrees to a purpose by exactly these channels; none: withdrawn.

    Args:
        evidence: the number of a form, a recording or a message.
        guardian: who consents for a child (PIPL 31); kept encrypted.

    Returns:
        The act, or ``None`` where it says what was so before under the same text.

    Raises:
        ValidationError: the purpose needs no consent, the channel is unknown, or a child's guardian is missing.
    """
    check_record_consent(actor, customer)
    rules = privacy_rules()
    found = rules.purpose(purpose)
    if found is None:
        raise ValidationError({"purpose": _("There is no such purpose in the privacy rules.")})
    ordered = [channel.code for channel in rules.channels if channel.code in channels]
    unknown = set(channels) - set(ordered)
    age = age_on(customer.birth_date, at.astimezone(SHANGHAI).date())
    flaw = flaw_of_consent(rules, found, [*ordered, *unknown], age=age, has_guardian=bool(guardian.strip()))
    if flaw:
        raise ValidationError({_FIELDS[flaw]: _sentence(flaw, rules)})
    Customer.objects.select_for_update(of=("self",)).only("pk").get(pk=customer.pk)
    current = Consent.objects.current().filter(customer=customer, purpose=purpose).first()
    if current is None and not ordered:
        raise ValidationError({"channels": _("Nothing was consented to, so nothing can be withdrawn.")})
    if current is not None:
        if current.channels == ordered and (current.text_version == found.version or not ordered):
            return None
        Consent.objects.filter(pk=current.pk).update(superseded_at=max(at, current.given_at))
    act = Consent.objects.create(
        customer=customer,
        purpose=purpose,
        channels=ordered,
        text_version=found.version,
        how=how,
        evidence=evidence.strip(),
        guardian=guardian.strip() or None,
        actor=actor,
        given_at=at,
    )
    detail = {"purpose": found.name, "channels": ordered, "how": str(how)}
    action = "customers.consent" if ordered else "customers.withdraw_consent"
    record(action, actor=actor, at=at, target=customer, detail=detail)
    publish(ConsentChanged(customer.pk, purpose, tuple(ordered), at))
    return act


_FIELDS = {Flaw.NOT_ASKED: "purpose", Flaw.CHANNEL: "channels", Flaw.GUARDIAN: "guardian"}


def _sentence(flaw: Flaw, rules: PrivacyRules) -> str:
    match flaw:
        case Flaw.NOT_ASKED:
            return _("This purpose rests on the contract or the law; no consent is asked for it.")
        case Flaw.CHANNEL:
            return _("There is no such channel in the privacy rules.")
        case Flaw.GUARDIAN:
            return _("The customer is under %(age)d: enter the guardian who consents for the child.") % {
                "age": rules.guardian_below
            }
