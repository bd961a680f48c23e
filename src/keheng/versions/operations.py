"""Writing versions: one person puts rules in force at once, or one proposes them and another puts them into force.

The module whose rules they are asks first whether the actor may.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.utils.translation import gettext as _
from pydantic import BaseModel
from pydantic import ValidationError as Malformed

from keheng.approvals.models import Request
from keheng.approvals.operations import ask
from keheng.audit.operations import record
from keheng.common.clock import SHANGHAI
from keheng.notices.operations import tell
from keheng.org.models import Staff
from keheng.versions.models import RulesByOne, VersionByTwo
from keheng.versions.policies import differences
from keheng.versions.queries import FIRST, OnePersonRules

_MOST = 200  # characters of a reason
_TOLD = 40  # differences in the trail
_BEGINNING = date(2000, 1, 1)


def take_turns(model: type[models.Model], *own: Any) -> None:
    """Of two who write versions of the same rules at once, the second waits and then sees the first one's."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [":".join([model._meta.label, *map(str, own)])])


# -- by one person ----------------------------------------------------------------------------------------------------


@transaction.atomic
def change[V: RulesByOne, R: BaseModel](
    about: OnePersonRules[V, R],
    *,
    content: Mapping[str, Any],
    reason: str,
    action: str,
    actor: Staff,
    at: datetime,
    check: Callable[[R], None] | None = None,
) -> V | None:
    """Put a new version in force at once, whole and checked; ``None`` where nothing differs.

    Args:
        action: what the trail calls it.
        check: refuses what the shape of the rules cannot know to be wrong.

    Raises:
        ValidationError: no reason, or rules that are incomplete or contradict themselves; what is in force stays.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the rules change.")})
    take_turns(about.model, *about.own.values())
    number, before = about.in_force()
    after = _read(about, content)
    if after == before:
        return None
    if check is not None:
        check(after)
    version = about.model._default_manager.create(
        **about.own,
        number=number + 1,
        content=after.model_dump(mode="json"),
        reason=reason.strip()[:_MOST],
        made_by=actor,
        made_at=at,
    )
    changed = differences(before.model_dump(mode="json"), after.model_dump(mode="json"))
    detail = {"version": version.number, "changed": changed[:_TOLD]}
    record(action, actor=actor, at=at, target=version, reason=reason.strip(), detail=detail)
    return version


def _read[R: BaseModel](about: OnePersonRules[Any, R], content: Mapping[str, Any]) -> R:
    try:
        return about.shape.model_validate(content)
    except Malformed as error:
        first = error.errors()[0]
        place = " › ".join(map(str, first["loc"])) or str(about.topic.label if about.topic else _("rules"))
        raise ValidationError(
            _("The rules do not hold together at “%(place)s”: %(problem)s. Put that right and save again.")
            % {"place": place, "problem": first["msg"].removeprefix("Value error, ")}
        ) from error


# -- by two people ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class TwoPersonRules[V: VersionByTwo]:
    """Rules that one person proposes and another puts into force (A15).

    Attributes:
        kind: of approval.
        model: the table of versions.
        read: a definition as values; refuses one that cannot be with a sentence (``ValueError``).
        url: the page that shows them.
        propose, put: what the trail calls both acts.
        each: the column that tells several rules of the table apart.
    """

    kind: str
    model: type[V]
    read: Callable[[Any], Any]
    url: str
    propose: str
    put: str
    each: str = ""


def ship[V: VersionByTwo](about: TwoPersonRules[V], definition: Mapping[str, Any], *, note: str, **own: Any) -> None:
    """Keep what ships with the product as the first version, unless there is one."""
    versions = about.model._default_manager.filter(**own)
    if not versions.exists():
        about.read(definition)
        versions.create(**own, number=FIRST, valid_from=_BEGINNING, definition=definition, note=note)


@transaction.atomic
def propose[V: VersionByTwo](
    about: TwoPersonRules[V],
    *,
    held: V,
    definition: Mapping[str, Any],
    title: str,
    reason: str,
    actor: Staff,
    at: datetime,
) -> Request:
    """Ask a second person to put other rules into force in place of those that are ``held`` now.

    Raises:
        ValidationError: the rules cannot be so, nothing would change, or the reason is missing.
    """
    reason = needed_reason(reason)
    try:
        about.read(definition)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    if definition == held.definition:
        raise ValidationError(_("Nothing has changed: what is in force stays as it is."))
    request = ask(
        kind=about.kind,
        subject=held,
        title=title,
        branch=actor.branch,
        payload={"definition": dict(definition)},
        url=about.url,
        actor=actor,
        reason=reason,
        at=at,
    )
    record(about.propose, actor=actor, at=at, target=held, reason=reason)
    return request


@transaction.atomic
def put_into_force[V: VersionByTwo](
    about: TwoPersonRules[V], *, request: Request, actor: Staff, at: datetime
) -> V | None:
    """Make the version that was approved, from today on; whatever was begun under another keeps it.

    ``None`` where the rules have changed since it was proposed.
    """
    versions = about.model._default_manager.all()
    held = versions.get(pk=request.subject_id)
    own = {about.each: getattr(held, about.each)} if about.each else {}
    take_turns(about.model, *own.values())
    if versions.filter(**own).latest("number") != held:
        return None
    version = versions.create(
        **own,
        **_moments(about.model, at),
        number=held.number + 1,
        definition=request.payload["definition"],
        note=request.reason[:_MOST],
        proposed_by=request.requester,
        set_by=actor,
    )
    record(about.put, actor=actor, at=at, target=version, reason=request.reason)
    return version


def carry_out(*, request: Request, put: Callable[..., Any], notice: str, at: datetime) -> None:
    """Put what was approved into force; where what it is based on has changed meanwhile, both people hear of it.

    Args:
        put: :func:`put_into_force` of the rules, or what stands in its place; ``None``: it cannot be done any more.
        notice: the kind of notice.
    """
    actor = request.decided_by
    if actor is None or put(request=request, actor=actor, at=at) is not None:
        return
    tell(
        staff_ids=[request.requester_id, actor.pk],
        kind=notice,
        title=_("%(title)s: what it is based on has changed meanwhile; propose it again") % {"title": request.title},
        url=request.get_absolute_url(),
        at=at,
    )


def needed_reason(reason: str) -> str:
    """A reason without blanks around it.

    Raises:
        ValidationError: it is empty.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, or where it is decided.")})
    return reason.strip()


def _moments(model: type[models.Model], at: datetime) -> dict[str, Any]:
    """From when on a version holds, as far as its table has columns for it."""
    known = {field.name for field in model._meta.fields}
    moments = {"valid_from": at.astimezone(SHANGHAI).date(), "set_at": at}
    return {name: value for name, value in moments.items() if name in known}
