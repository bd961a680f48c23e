"""Who may do what with complaints; nobody handles one about themselves or their line (回避)."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.complaints.models import Complaint
from keheng.complaints.policies.conflicts import Concerned, Person, in_conflict
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff

VIEW = "complaints.view"
REGISTER = "complaints.register"
HANDLE = "complaints.handle"
REVIEW = "complaints.review"
RESPOND = "complaints.respond"
SUPERVISE = "complaints.supervise"
SETTINGS = "complaints.settings"


def has_conflict(staff: Staff, complaint: Complaint) -> bool:
    """Whether a member of staff is complained about, or belongs to the unit that is.

    Above the top of the tree there is nobody: where it is complained about, only the person is concerned.
    """
    return in_conflict(
        Person(staff.pk, staff.branch.path),
        Concerned(
            complaint.about_staff_id,
            _unit(complaint.about_staff.branch if complaint.about_staff else None),
            _unit(complaint.about_branch),
        ),
    )


def _unit(branch: Branch | None) -> str | None:
    return branch.path if branch is not None and branch.parent_id is not None else None


def check_no_conflict(staff: Staff, complaint: Complaint) -> None:
    """Refuse whoever is concerned themselves, or through their line."""
    if has_conflict(staff, complaint):
        raise PermissionDenied(
            _("The complaint concerns %(name)s or their unit. Somebody from outside of it has to do this.")
            % {"name": staff}
        )


def check_register(actor: Staff) -> None:
    """Take in a complaint: whoever is asked first."""
    if not actor.can(REGISTER):
        raise PermissionDenied(_("Your role may not register complaints."))


def can_see(actor: Staff, complaint: Complaint) -> bool:
    """Whether the complaint lies in the scope of the member of staff, as ``visible_to`` has it."""
    return actor.can(VIEW) and Complaint.objects.visible_to(actor).filter(pk=complaint.pk).exists()


def in_reach(actor: Staff, branch: Branch) -> bool:
    """Whether a branch lies in the scope of the actor."""
    return actor.scope == DataScope.ALL or branch.pk in actor.branch_ids


def can_handle(actor: Staff, complaint: Complaint) -> bool:
    """Lead a complaint: its handler, supervisors of its branch, and complaint officers while nobody has it."""
    if not actor.can(HANDLE) or has_conflict(actor, complaint):
        return False
    if complaint.handler_id == actor.pk:
        return True
    return in_reach(actor, complaint.branch) and (complaint.handler_id is None or actor.can(SUPERVISE))


def check_handle(actor: Staff, complaint: Complaint) -> None:
    """Refuse whoever may not lead the complaint."""
    check_no_conflict(actor, complaint)
    if not can_handle(actor, complaint):
        raise PermissionDenied(
            _("%(number)s is in the hands of %(name)s. Ask them, or a supervisor.")
            % {"number": complaint, "name": complaint.handler or complaint.branch}
        )


def can_respond(actor: Staff, complaint: Complaint) -> bool:
    """Work for the responsible unit: whoever answers for it, or leads it; never whoever is complained about."""
    if actor.pk == complaint.about_staff_id or not actor.can(RESPOND):
        return False
    if complaint.responsible_id == actor.pk:
        return True
    unit = complaint.responsible_branch
    return unit is not None and actor.can(SUPERVISE) and in_reach(actor, unit)


def check_respond(actor: Staff, complaint: Complaint) -> None:
    """Refuse whoever neither answers for the responsible unit nor leads the complaint."""
    if not (can_respond(actor, complaint) or can_handle(actor, complaint)):
        raise PermissionDenied(
            _("%(name)s answers for the responsible unit. Only they or the handler can do this.")
            % {"name": complaint.responsible or "—"}
        )


def can_review(actor: Staff, complaint: Complaint) -> bool:
    """Review plans, check effects, decide about internal reviews: somebody else than whoever made them."""
    return (
        actor.can(REVIEW)
        and in_reach(actor, complaint.branch)
        and not has_conflict(actor, complaint)
        and actor.pk != complaint.responsible_id
    )


def check_review(actor: Staff, complaint: Complaint) -> None:
    """Refuse whoever may not judge the work on the complaint."""
    check_no_conflict(actor, complaint)
    if not can_review(actor, complaint):
        raise PermissionDenied(_("This is judged by somebody who reviews complaints and did not do the work."))


def can_supervise(actor: Staff, complaint: Complaint) -> bool:
    """Assign complaints of the branches in scope."""
    return actor.can(SUPERVISE) and in_reach(actor, complaint.branch) and not has_conflict(actor, complaint)


def check_supervise(actor: Staff, complaint: Complaint) -> None:
    """Refuse whoever does not supervise the complaint."""
    check_no_conflict(actor, complaint)
    if not can_supervise(actor, complaint):
        raise PermissionDenied(_("You do not supervise complaints of %(branch)s.") % {"branch": complaint.branch})


def check_settings(actor: Staff) -> None:
    """Refuse whoever may not change the rules."""
    if not actor.can(SETTINGS):
        raise PermissionDenied(_("Your role may not change the rules of complaints."))
