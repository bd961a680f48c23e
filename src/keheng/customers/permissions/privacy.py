"""Who may open archives in an emergency, review that, change the rules, record consents, run the privacy desk (A15)."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.customers.models import Customer, EmergencyAccess, Handout
from keheng.customers.models.emergency import EMERGENCY, REVIEW_EMERGENCY
from keheng.customers.permissions.archive import EDIT, EXPORT, REVEAL, can_view, check_view, in_scope
from keheng.org.models import Staff

CHANGE_RULES = "customers.privacy_rules"
PRIVACY = "customers.privacy"


def check_emergency(actor: Staff) -> None:
    """May the actor open archives beyond clearance and scope, for a limited time?"""
    _refuse("" if actor.can(EMERGENCY) else _("Your role does not include emergency access."))


def can_review(actor: Staff, access: EmergencyAccess) -> bool:
    """May the actor judge this emergency access? Nobody judges their own (A3, mutual check of posts)."""
    return not _why_not_review(actor, access)


def check_review(actor: Staff, access: EmergencyAccess) -> None:
    """Raise the refusal unless :func:`can_review`."""
    _refuse(_why_not_review(actor, access))


def check_end(actor: Staff, access: EmergencyAccess) -> None:
    """May the actor close the archive again? Whoever opened it, and the reviewers."""
    may = access.actor_id == actor.pk or actor.can(REVIEW_EMERGENCY)
    _refuse("" if may else _("Only whoever opened the archive and its reviewers end the access."))


def can_change_rules(actor: Staff) -> bool:
    """May the actor change the confidentiality and privacy rules?"""
    return actor.can(CHANGE_RULES)


def check_change_rules(actor: Staff) -> None:
    """Raise the refusal unless :func:`can_change_rules`."""
    _refuse("" if can_change_rules(actor) else _("Your role does not include changing these rules."))


def can_record_consent(actor: Staff, customer: Customer) -> bool:
    """May the actor record what the customer consents to? Of closed customers too: they can still withdraw."""
    return not _why_not_consent(actor, customer)


def check_record_consent(actor: Staff, customer: Customer) -> None:
    """Raise the refusal unless :func:`can_record_consent`."""
    _refuse(_why_not_consent(actor, customer))


def can_handle_privacy(actor: Staff, customer: Customer) -> bool:
    """May the actor take in and answer the privacy requests of this customer?"""
    return actor.can(PRIVACY) and can_view(actor, customer)


def check_handle_privacy(actor: Staff, customer: Customer) -> None:
    """Raise the refusal unless :func:`can_handle_privacy`."""
    check_privacy(actor)
    check_view(actor, customer)


def check_privacy(actor: Staff) -> None:
    """May the actor work at the desk for personal information at all?"""
    _refuse("" if actor.can(PRIVACY) else _("Your role does not include the desk for personal information."))


def check_export(actor: Staff, *, personal: bool) -> None:
    """May the actor ask for the rows of a list; with personal values whole only who may have them shown one by one."""
    if not actor.can(EXPORT):
        _refuse(_("Your role does not include exporting customers."))
    if personal and not actor.can(REVEAL):
        _refuse(_("Your role does not include showing personal values whole."))


def can_fetch(actor: Staff, handout: Handout) -> bool:
    """May the actor have the file? Its requester alone, whatever role others have."""
    return handout.requester_id == actor.pk


def check_fetch(actor: Staff, handout: Handout) -> None:
    """Raise the refusal unless :func:`can_fetch`."""
    _refuse("" if can_fetch(actor, handout) else _("Only whoever asked for the file may fetch it."))


def _why_not_review(actor: Staff, access: EmergencyAccess) -> str:
    if not actor.can(REVIEW_EMERGENCY):
        return _("Your role does not include reviewing emergency access.")
    if access.actor_id == actor.pk:
        return _("Nobody reviews their own emergency access; ask a colleague.")
    return ""


def _why_not_consent(actor: Staff, customer: Customer) -> str:
    if not (actor.can(EDIT) or actor.can(PRIVACY)):
        return _("Your role does not include recording consents.")
    return "" if in_scope(actor, customer) else _("This customer lies outside your scope.")


def _refuse(reason: str) -> None:
    if reason:
        raise PermissionDenied(reason)
