"""Who may see, open and change an archive, by role, scope, state and confidentiality level (A1, A15)."""

from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from keheng.customers import policies
from keheng.customers.enums import Confidentiality, CustomerStatus, Disclosure
from keheng.customers.models import Customer
from keheng.customers.models.emergency import opened_to
from keheng.customers.models.reach import reach_of
from keheng.customers.privacy.fields import field_of
from keheng.customers.queries.rules import confidentiality_rules
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff

VIEW = "customers.view"
REVEAL = "customers.reveal"
EDIT = "customers.edit"
ASSIGN = "customers.assign"
CLASSIFY = "customers.classify"
EXPORT = "customers.export"
RESTRICTED = "customers.restricted"
STRICT = "customers.strict"
_KEPT = "_confidentiality_matrix"


def in_scope(actor: Staff, customer: Customer) -> bool:
    """The same as ``Customer.objects.in_scope_of(actor)`` for one customer at hand."""
    match actor.scope:
        case DataScope.ALL:
            return True
        case DataScope.SUBTREE:
            return customer.branch_id in actor.branch_ids
        case _:
            reach = reach_of(actor)
            own = customer.owner_id == actor.pk
            return own or customer.owner_id in reach.owner_ids or customer.pk in reach.customer_ids


def can_view(actor: Staff, customer: Customer) -> bool:
    """May the actor see the customer at all, with personal values masked?"""
    return not _why_not_view(actor, customer)


def check_view(actor: Staff, customer: Customer) -> None:
    """Raise the refusal unless :func:`can_view`."""
    _refuse(_why_not_view(actor, customer))


def disclosure(actor: Staff, customer: Customer, field: str) -> Disclosure:
    """How much of a field of a customer the actor is shown: what every page, list, export, print and API asks.

    One query for all customers and fields of a request.

    Args:
        field: a code of a classified field (:mod:`keheng.customers.privacy.fields`): ``birth_date``, ``contact.12``.

    Raises:
        UnknownFieldError: nobody has declared the field.
    """
    group = field_of(field).group
    if not can_view(actor, customer):
        return Disclosure.HIDDEN
    matrix, level = _matrix(actor), _level(customer)
    reader = policies.Reader(_clearance(actor), is_owner=_owns(actor, customer), may_reveal=actor.can(REVEAL))
    shown = policies.disclose(matrix, level=level, reader=reader, group=group)
    in_emergency = replace(reader, emergency=True)
    more = policies.disclose(matrix, level=level, reader=in_emergency, group=group)
    return more if more > shown and customer.pk in opened_to(actor) else shown  # asked only where it matters


def shown_to(actor: Staff, field: str, path: str = "") -> Q:
    """:func:`can_see` as a condition on rows: those whose customer lets the actor know of the field.

    Args:
        path: from the rows to the customer, such as ``customer__``.
    """
    group, matrix = field_of(field).group, _matrix(actor)

    def levels(*, is_owner: bool, is_closed: bool) -> list[int]:
        reader = policies.Reader(_clearance(actor), is_owner=is_owner, may_reveal=actor.can(REVEAL))
        return [
            kept
            for kept in Confidentiality
            if policies.disclose(matrix, level=policies.level_of(kept, is_closed=is_closed), reader=reader, group=group)
        ]

    closed = Q(**{f"{path}status": CustomerStatus.CLOSED})
    found = Q(**{f"{path}pk__in": opened_to(actor)})
    for owned, is_owner in ((Q(), False), (Q(**{f"{path}owner": actor.pk}), True)):
        found |= owned & ~closed & Q(**{f"{path}confidentiality__in": levels(is_owner=is_owner, is_closed=False)})
        found |= owned & closed & Q(**{f"{path}confidentiality__in": levels(is_owner=is_owner, is_closed=True)})
    return found


def can_see_facts(actor: Staff, customer: Customer) -> bool:
    """May the actor read birth date, occupation, education and the like?"""
    return disclosure(actor, customer, "birth_date") == Disclosure.OPEN


def can_see(actor: Staff, customer: Customer, field: str) -> bool:
    """May the actor know of a field at all, were it only by its mask?"""
    return disclosure(actor, customer, field) > Disclosure.HIDDEN


def check_see(actor: Staff, customer: Customer, field: str) -> None:
    """Raise the refusal unless :func:`can_see`."""
    check_view(actor, customer)
    _refuse("" if can_see(actor, customer, field) else _("Closed to your role by its confidentiality level."))


def can_reveal(actor: Staff, customer: Customer, field: str = "id_number") -> bool:
    """May the actor see a sealed value, such as document or phones, whole, with a reason?"""
    return not why_not_reveal(actor, customer, field)


def check_reveal(actor: Staff, customer: Customer, field: str = "id_number") -> None:
    """Raise the refusal unless :func:`can_reveal`."""
    _refuse(why_not_reveal(actor, customer, field))


def why_not_reveal(actor: Staff, customer: Customer, field: str = "id_number") -> str:
    """The refusal in words (the tooltip of a disabled eye), or nothing."""
    reason = _why_not_view(actor, customer)
    if not reason and not actor.can(REVEAL):
        reason = _("Your role does not include showing personal values whole.")
    if reason or disclosure(actor, customer, field) >= Disclosure.REVEAL:
        return reason
    return _why_not_open(actor, customer) or _("The confidentiality rules keep this value masked for you.")


def can_create(actor: Staff, branch: Branch) -> bool:
    """May the actor open an archive in this branch?"""
    return not _why_not_create(actor, branch)


def check_create(actor: Staff, branch: Branch) -> None:
    """Raise the refusal unless :func:`can_create`."""
    _refuse(_why_not_create(actor, branch))


def can_edit(actor: Staff, customer: Customer) -> bool:
    """May the actor change facts and contact points?"""
    return not _why_not_edit(actor, customer)


def check_edit(actor: Staff, customer: Customer) -> None:
    """Raise the refusal unless :func:`can_edit`."""
    _refuse(_why_not_edit(actor, customer))


def can_follow_up(actor: Staff, customer: Customer) -> bool:
    """May the actor fill in the forms beside the archive? As editing, but of lost customers who are closed, too."""
    return not _why_not_follow_up(actor, customer)


def check_follow_up(actor: Staff, customer: Customer) -> None:
    """Raise the refusal unless :func:`can_follow_up`."""
    _refuse(_why_not_follow_up(actor, customer))


def can_classify(actor: Staff, customer: Customer) -> bool:
    """May the actor set the confidentiality level?"""
    return not _why_not_classify(actor, customer)


def check_classify(actor: Staff, customer: Customer) -> None:
    """Raise the refusal unless :func:`can_classify`."""
    _refuse(_why_not_classify(actor, customer))


def can_assign(actor: Staff) -> bool:
    """May the actor decide who answers for the customers in scope, and where they are kept?"""
    return not _why_not_assign(actor)


def check_assign(actor: Staff) -> None:
    """Raise the refusal unless :func:`can_assign`."""
    _refuse(_why_not_assign(actor))


def _why_not_view(actor: Staff, customer: Customer) -> str:
    if not actor.can(VIEW):
        return _("Your role does not include viewing customers.")
    return "" if in_scope(actor, customer) or customer.pk in opened_to(actor) else _outside()


def _why_not_write(actor: Staff, customer: Customer) -> str:
    """What is open in an emergency is open for reading only."""
    return _why_not_view(actor, customer) or ("" if in_scope(actor, customer) else _outside())


def _outside() -> str:
    return _("This customer lies outside your scope.")


def _why_not_open(actor: Staff, customer: Customer) -> str:
    level = _level(customer)
    if policies.opens(level, clearance=_clearance(actor), is_owner=_owns(actor, customer)):
        return ""
    if level > customer.confidentiality:
        return _("The archive of a closed customer opens only to those cleared for restricted archives.")
    return _("The archive has confidentiality level %(level)d, which your role is not cleared for.") % {"level": level}


def _why_not_create(actor: Staff, branch: Branch) -> str:
    if not actor.can(EDIT):
        return _("Your role does not include editing customers.")
    if actor.scope != DataScope.ALL and branch.pk not in actor.branch_ids:
        return _("%(branch)s lies outside your branches.") % {"branch": branch.name}
    return ""


def _why_not_edit(actor: Staff, customer: Customer) -> str:
    reason = _why_not_write(actor, customer) or _why_not_edit_any(actor)
    if not reason and customer.status == CustomerStatus.CLOSED:
        reason = _("The customer is closed; the archive is kept as it was.")
    return reason or _why_not_open(actor, customer)


def _why_not_follow_up(actor: Staff, customer: Customer) -> str:
    return _why_not_write(actor, customer) or _why_not_edit_any(actor) or _why_not_open(actor, customer)


def _why_not_edit_any(actor: Staff) -> str:
    return "" if actor.can(EDIT) else _("Your role does not include editing customers.")


def _why_not_classify(actor: Staff, customer: Customer) -> str:
    reason = _why_not_write(actor, customer)
    if not reason and not actor.can(CLASSIFY):
        reason = _("Your role does not include setting confidentiality levels.")
    return reason or _why_not_open(actor, customer)


def _why_not_assign(actor: Staff) -> str:
    return "" if actor.can(ASSIGN) else _("Your role does not include assigning customers.")


def _matrix(actor: Staff) -> policies.Matrix:
    """The matrix in force, read once for the life of the actor (a request)."""
    kept: policies.Matrix | None = actor.__dict__.get(_KEPT)
    if kept is None:
        kept = actor.__dict__[_KEPT] = confidentiality_rules().matrix
    return kept


def _level(customer: Customer) -> Confidentiality:
    return policies.level_of(customer.confidentiality, is_closed=customer.status == CustomerStatus.CLOSED)


def _clearance(actor: Staff) -> Confidentiality:
    if actor.can(STRICT):
        return Confidentiality.STRICT
    return Confidentiality.RESTRICTED if actor.can(RESTRICTED) else Confidentiality.ORDINARY


def _owns(actor: Staff, customer: Customer) -> bool:
    return customer.owner_id == actor.pk


def _refuse(reason: str) -> None:
    if reason:
        raise PermissionDenied(reason)
