"""Changing the tree of causes: one person proposes, another puts it into force as a version of the tree (A7, A15).

What is proposed is one cause as it shall be. It is checked against the tree when it is proposed, and once more when it
is approved, for the tree may have changed meanwhile.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.approvals.models import Request
from keheng.approvals.operations import ask
from keheng.audit.operations import record
from keheng.complaints import permissions
from keheng.complaints.enums import Kind
from keheng.complaints.models import Cause, CauseVersion
from keheng.complaints.operations.learning import learn
from keheng.complaints.operations.parts import needed
from keheng.complaints.policies.causes import Fault, Node, fault
from keheng.org.models import Staff
from keheng.versions.operations import needed_reason, take_turns

CAUSES = "complaints.causes"


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
) -> Request:
    """Propose a cause within a kind, or within another cause.

    Args:
        code: what programs call it; it never changes.
        words: what complaints of this cause say: suggestions begin with them.

    Raises:
        ValidationError: the code is taken, or the tree cannot be so.
    """
    permissions.check_settings(actor)
    if Cause.objects.filter(code=code).exists():
        raise ValidationError({"code": _("“%(code)s” is taken already, perhaps by a retired cause.") % {"code": code}})
    wanted = Cause(kind=kind, code=code, parent=parent, order=order)
    _name(wanted, name, name_en)
    return _propose(None, wanted, words=words.strip(), reason=reason, actor=actor, at=at)


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
) -> Request:
    """Propose another name, or another place within its kind; kind and code stay: complaints keep their meaning."""
    permissions.check_settings(actor)
    cause = Cause.objects.select_related("parent").get(pk=cause.pk)
    before = row_of(cause)
    _name(cause, name, name_en)
    cause.parent, cause.order = parent, order
    return _propose(before, cause, reason=reason, actor=actor, at=at)


@transaction.atomic
def set_in_use(*, cause: Cause, in_use: bool, reason: str, actor: Staff, at: datetime) -> Request:
    """Propose to retire a cause: it is offered no more, and complaints that have it keep it; or to take it up again."""
    permissions.check_settings(actor)
    cause = Cause.objects.select_related("parent").get(pk=cause.pk)
    before = row_of(cause)
    cause.is_active = in_use
    return _propose(before, cause, reason=reason, actor=actor, at=at)


@transaction.atomic
def put_cause_into_force(*, request: Request, actor: Staff, at: datetime) -> CauseVersion | None:
    """Bring an approved cause into the tree, and keep the tree as a version.

    Nothing where the cause has changed since it was proposed, or where the tree cannot hold it any more.
    """
    take_turns(CauseVersion)
    before, after = request.payload["before"], request.payload["after"]
    held = Cause.objects.select_related("parent").filter(code=after["code"]).first()
    if (row_of(held) if held else None) != before:
        return None
    above = Cause.objects.filter(code=after["within"]).first() if after["within"] else None
    cause = held or Cause(code=after["code"], kind=after["kind"])
    cause.name, cause.name_en, cause.order = after["name"], after["name_en"], after["order"]
    cause.parent, cause.is_active = above, after["in_use"]
    if (after["within"] and above is None) or _fault(cause) is not None:
        return None
    cause.save()
    if request.payload["words"]:
        learn(cause, request.payload["words"])
    version = keep_version(note=request.reason, proposed_by=request.requester, actor=actor, at=at)
    if version is not None:
        detail = {"cause": cause.code, "version": version.number}
        record("complaints.change_cause", actor=actor, at=at, target=cause, detail=detail, reason=request.reason)
    return version


def keep_version(
    *, note: str, proposed_by: Staff | None = None, actor: Staff | None, at: datetime | None
) -> CauseVersion | None:
    """Keep the tree as it is now as its next version; nothing, where the last one says the same."""
    causes = Cause.objects.select_related("parent").order_by("kind", "order", "pk")
    definition = [row_of(cause) for cause in causes]
    last = CauseVersion.objects.order_by("-number").first()
    if last is not None and last.definition == definition:
        return None
    return CauseVersion.objects.create(
        number=last.number + 1 if last else 1,
        definition=definition,
        note=note[:200],
        proposed_by=proposed_by,
        set_by=actor,
        set_at=at,
    )


def row_of(cause: Cause) -> dict[str, Any]:
    """A cause as a version of the tree says it."""
    return {
        "code": cause.code,
        "kind": cause.kind,
        "within": cause.parent.code if cause.parent else None,
        "name": cause.name,
        "name_en": cause.name_en,
        "order": cause.order,
        "in_use": cause.is_active,
    }


def _propose(
    before: Mapping[str, Any] | None, wanted: Cause, *, words: str = "", reason: str, actor: Staff, at: datetime
) -> Request:
    reason = needed_reason(reason)
    after = row_of(wanted)
    if after == before:
        raise ValidationError(_("Nothing has changed: what is in force stays as it is."))
    found = _fault(wanted)
    if found is not None:
        field, sentence = _told(found)
        raise ValidationError({field: sentence} if field else sentence)
    request = ask(
        kind=CAUSES,
        subject=wanted if wanted.pk else None,
        title=_("Cause of complaints: %(name)s") % {"name": wanted.name},
        branch=actor.branch,
        payload={"before": before, "after": after, "words": words},
        url="/complaints/settings/causes/",
        actor=actor,
        reason=reason,
        at=at,
    )
    target = wanted if wanted.pk else CauseVersion.objects.latest("number")
    record("complaints.propose_cause", actor=actor, at=at, target=target, detail={"cause": wanted.code}, reason=reason)
    return request


def _name(cause: Cause, name: str, name_en: str) -> None:
    cause.name = needed(name, "name", _("Give the cause a name."))[:60]
    cause.name_en = (name_en.strip() or cause.name)[:80]


def _fault(cause: Cause) -> Fault | None:
    """Why the tree cannot hold a cause as it now is; nothing, where it can."""
    rows = Cause.objects.values_list("pk", "kind", "name", "parent_id", "is_active")
    tree = {pk: Node(kind, name, within, active) for pk, kind, name, within, active in rows}
    key = cause.pk or 0
    tree[key] = Node(cause.kind, cause.name, cause.parent_id, cause.is_active)
    return fault(tree, key)


def _told(found: Fault) -> tuple[str, str]:
    """The field and the sentence of a fault."""
    return {
        Fault.TWICE: ("name", _("This kind has a cause of this name already. Choose another name.")),
        Fault.OTHER_KIND: ("parent", _("Choose a cause of the same kind.")),
        Fault.TOO_DEEP: ("parent", _("The tree has two levels: a cause within a cause holds no others.")),
        Fault.WITHIN_RETIRED: ("", _("The cause above is retired. Take it into use first, or move this one.")),
        Fault.HOLDS_OTHERS: ("", _("Causes in use lie within it. Retire or move them first.")),
    }[found]
