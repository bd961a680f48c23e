"""Finding the one archive that somebody must read now, wherever it is kept."""

from keheng.audit.models import Entry
from keheng.customers.models import ContactPoint, Customer, EmergencyAccess
from keheng.customers.values import blind, identity


def archive_by_number(text: str) -> Customer | None:
    """The customer with exactly this customer number, document number or phone; ``None``: nobody, or several.

    Nothing is guessed and nothing listed: whoever opens an archive in an emergency has the customer's number at hand.
    """
    compact = identity.normal(text).upper()
    if not compact:
        return None
    found = Customer.objects.filter(number__in={compact, identity.normal(text)}).first()
    if found is not None:
        return found
    id_index, id_tail = blind.id_keys(compact)
    index, tail = blind.contact_keys(identity.phone(compact).value)
    owners = ContactPoint.objects.filter(value_tail=tail, value_index=index).values_list("customer_id", flat=True)
    keys = {*Customer.objects.filter(id_tail=id_tail, id_index=id_index).values_list("pk", flat=True)[:2], *owners[:2]}
    return Customer.objects.get(pk=keys.pop()) if len(keys) == 1 else None


def acts_during(access: EmergencyAccess) -> list[Entry]:
    """What whoever opened the archive did with it meanwhile, oldest first: the ground for the review."""
    acts = Entry.objects.filter(
        target_type=Customer._meta.label_lower,
        target_id=access.customer_id,
        actor_id=access.actor_id,
        at__gte=access.opened_at,
        at__lte=access.expires_at,
    )
    return list(acts.order_by("at", "pk")[:200])
