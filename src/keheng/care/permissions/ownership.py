"""Who may give customers to whom: by role, and within the scope of whoever acts (A3, A15)."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.customers.models import Customer
from keheng.customers.permissions import in_scope
from keheng.org.enums import DataScope
from keheng.org.models import Staff

VIEW = "care.view"
ASSIGN = "care.assign"
ADOPT = "care.adopt"
REFER = "care.refer"
COVER = "care.cover"
RULES = "care.assignment_rules"


def can_assign(actor: Staff) -> bool:
    """May the actor give customers of their scope to others?"""
    return actor.can(ASSIGN)


def check_assign(actor: Staff) -> None:
    """Raise the refusal unless :func:`can_assign`."""
    if not can_assign(actor):
        raise PermissionDenied(_("Your role does not assign customers; the head of your outlet does."))


def can_hand_over(actor: Staff, giver: Staff) -> bool:
    """One's own customers, or those of people in scope for whoever assigns."""
    return (actor.pk == giver.pk and actor.can(REFER)) or (can_assign(actor) and manages(actor, giver))


def check_hand_over(actor: Staff, giver: Staff) -> None:
    """Raise the refusal unless :func:`can_hand_over`."""
    if not can_hand_over(actor, giver):
        raise PermissionDenied(_("You hand over your own customers; whoever assigns customers, those of others."))


def check_answer(actor: Staff, taker: Staff) -> None:
    """Only the one to whom something was offered answers."""
    if actor.pk != taker.pk:
        raise PermissionDenied(_("Only %(name)s can answer this.") % {"name": taker.name})


def check_adopt(actor: Staff) -> None:
    """Raise the refusal unless the role adopts customers."""
    if not actor.can(ADOPT):
        raise PermissionDenied(_("Your role does not adopt customers."))


def can_refer(actor: Staff, customer: Customer) -> bool:
    """May the actor refer the customer to somebody else?"""
    return actor.can(REFER) and in_scope(actor, customer)


def check_refer(actor: Staff, customer: Customer) -> None:
    """Raise the refusal unless :func:`can_refer`."""
    if not can_refer(actor, customer):
        raise PermissionDenied(_("You refer customers of your own scope, if your role refers at all."))


def can_cover(actor: Staff, member: Staff) -> bool:
    """May the actor say who acts while somebody is away? Oneself, or people in scope for whoever plans cover."""
    return (actor.pk == member.pk and actor.can(REFER)) or (actor.can(COVER) and manages(actor, member))


def check_cover(actor: Staff, member: Staff) -> None:
    """Raise the refusal unless :func:`can_cover`."""
    if not can_cover(actor, member):
        raise PermissionDenied(_("You plan cover for yourself, or for people of your branch if your role plans cover."))


def check_care_for(actor: Staff, customer: Customer) -> None:
    """Raise the refusal unless :func:`can_care_for`."""
    if not can_care_for(actor, customer):
        raise PermissionDenied(_("The owner or whoever assigns customers decides who has a part in this customer."))


def can_care_for(actor: Staff, customer: Customer) -> bool:
    """May the actor say who has a part in the customer? The owner, or whoever assigns, within scope."""
    owns = customer.owner_id == actor.pk and actor.can(REFER)
    return owns or (can_assign(actor) and in_scope(actor, customer))


def can_vouch(actor: Staff, member: Staff) -> bool:
    """May the actor say what the other one can? Whoever assigns, for people of their scope, never for themselves."""
    return actor.pk != member.pk and can_assign(actor) and manages(actor, member)


def check_rules(actor: Staff) -> None:
    """Raise the refusal unless the role changes the rules."""
    if not actor.can(RULES):
        raise PermissionDenied(_("Your role does not change the rules of assignment."))


def manages(actor: Staff, member: Staff) -> bool:
    """Does the other one work in the actor's scope?"""
    return actor.scope == DataScope.ALL or (actor.scope == DataScope.SUBTREE and member.branch_id in actor.branch_ids)
