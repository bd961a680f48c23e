"""Changing the tree of causes: each change is checked as a whole and kept as a version with its reason (A7, A15)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.complaints import permissions
from keheng.complaints.enums import Kind
from keheng.complaints.models import Cause, CauseVersion
from keheng.complaints.operations.learning import learn
from keheng.complaints.operations.parts import needed
from keheng.complaints.policies.causes import Fault, Node, fault
from keheng.org.models import Staff


@transaction.atomic
def add_cause(
    *,
    kind: Kind,
    code: str,
    name: str,
    name_en: str = "",
    parent: Cause | None = None,
    order: int = 100,
    words: str = "",
    reason: str,
    actor: Staff,
    at: datetime,
) -> Cause:
    """Add a cause to a kind, or within another cause.

    Args:
        code: what programs call it; it never changes.
        words: what complaints of this cause say: suggestions begin with them.

    Raises:
        ValidationError: the code is taken, or the tree cannot be so.
    """
    version = _begin(actor)
    if Cause.objects.filter(code=code).exists():
        raise ValidationError({"code": _("“%(code)s” is taken already, perhaps by a retired cause.") % {"code": code}})
    made = Cause(kind=kind, code=code, parent=parent, order=order)
    _name(made, name, name_en)
    _check(made)
    made.save()
    if words.strip():
        learn(made, words)
    return _kept(made, version, reason, actor, at)


@transaction.atomic
def change_cause(
    *,
    cause: Cause,
    name: str,
    name_en: str = "",
    parent: Cause | None = None,
    order: int,
    reason: str,
    actor: Staff,
    at: datetime,
) -> Cause:
    """Name a cause anew, or move it within its kind; kind and code stay, so that complaints keep their meaning."""
    version = _begin(actor)
    cause = Cause.objects.get(pk=cause.pk)
    _name(cause, name, name_en)
    cause.parent, cause.order = parent, order
    _check(cause)
    cause.save()
    return _kept(cause, version, reason, actor, at)


@transaction.atomic
def set_in_use(*, cause: Cause, in_use: bool, reason: str, actor: Staff, at: datetime) -> Cause:
    """Retire a cause: it is offered no more, and complaints that have it keep it; or take it into use again."""
    version = _begin(actor)
    cause = Cause.objects.get(pk=cause.pk)
    cause.is_active = in_use
    _check(cause)
    cause.save(update_fields=["is_active"])
    return _kept(cause, version, reason, actor, at)


def keep_version(*, note: str, actor: Staff | None, at: datetime | None) -> CauseVersion | None:
    """Keep the tree as it is now as its next version; nothing, where the last one says the same."""
    definition = [
        {
            "code": cause.code,
            "kind": cause.kind,
            "within": cause.parent.code if cause.parent else None,
            "name": cause.name,
            "name_en": cause.name_en,
            "order": cause.order,
            "in_use": cause.is_active,
        }
        for cause in Cause.objects.select_related("parent").order_by("kind", "order", "pk")
    ]
    last = CauseVersion.objects.order_by("-number").first()
    if last is not None and last.definition == definition:
        return None
    number = last.number + 1 if last else 1
    return CauseVersion.objects.create(number=number, definition=definition, note=note[:200], set_by=actor, set_at=at)


def _begin(actor: Staff) -> CauseVersion | None:
    """One change at a time: whoever comes second waits, and then sees the first one's tree."""
    permissions.check_settings(actor)
    return CauseVersion.objects.select_for_update().order_by("-number").first()


def _name(cause: Cause, name: str, name_en: str) -> None:
    cause.name = needed(name, "name", _("Give the cause a name."))[:60]
    cause.name_en = (name_en.strip() or cause.name)[:80]


def _check(cause: Cause) -> None:
    """Refuse a cause that the tree cannot hold as it now is; the tree is looked at before anything is written."""
    rows = Cause.objects.values_list("pk", "kind", "name", "parent_id", "is_active")
    tree = {pk: Node(kind, name, within, active) for pk, kind, name, within, active in rows}
    key = cause.pk or 0
    tree[key] = Node(cause.kind, cause.name, cause.parent_id, cause.is_active)
    found = fault(tree, key)
    if found is not None:
        field, sentence = _told(found)
        raise ValidationError({field: sentence} if field else sentence)


def _kept(cause: Cause, before: CauseVersion | None, reason: str, actor: Staff, at: datetime) -> Cause:
    """Keep the tree as a version, write the trail."""
    reason = needed(reason, "reason", _("Say why, or where it is decided."))
    version = keep_version(note=reason, actor=actor, at=at)
    if version is None:
        raise ValidationError(_("Nothing has changed: the tree stays as it is."))
    detail = {"cause": cause.code, "version": version.number, "before": before.number if before else None}
    record("complaints.change_cause", actor=actor, at=at, target=cause, detail=detail, reason=reason)
    return cause


def _told(found: Fault) -> tuple[str, str]:
    """The field and the sentence of a fault."""
    return {
        Fault.TWICE: ("name", _("This kind has a cause of this name already. Choose another name.")),
        Fault.OTHER_KIND: ("parent", _("Choose a cause of the same kind.")),
        Fault.TOO_DEEP: ("parent", _("The tree has two levels: a cause within a cause holds no others.")),
        Fault.WITHIN_RETIRED: ("", _("The cause above is retired. Take it into use first, or move this one.")),
        Fault.HOLDS_OTHERS: ("", _("Causes in use lie within it. Retire or move them first.")),
    }[found]
