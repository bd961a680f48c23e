"""Drafts of a scheme: made from a version, edited, submitted to a second person, published or sent back."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from keheng.approvals import operations as approvals
from keheng.approvals.models import Request
from keheng.audit import operations as audit
from keheng.common.clock import SHANGHAI
from keheng.org.models import Branch, Staff
from keheng.tiering.enums import SchemeKind, VersionState
from keheng.tiering.errors import StaleDraftError, TieringError
from keheng.tiering.models import Scheme, SchemeVersion
from keheng.tiering.permissions import check_edit
from keheng.tiering.policies.comparison import differences
from keheng.tiering.policies.definition import Definition
from keheng.tiering.policies.validation import problems, without_data
from keheng.tiering.queries.catalogue import metrics_with_data
from keheng.tiering.queries.schemes import latest_published

PUBLISH = "tiering.publish"
_MOST_EVIDENCE = 20


@transaction.atomic
def create_draft(*, source: SchemeVersion, actor: Staff, at: datetime) -> SchemeVersion:
    """Begin a draft from any version of a scheme; it would take effect tomorrow.

    Raises:
        PermissionDenied: the actor may not edit rules.
    """
    check_edit(actor)
    scheme = Scheme.objects.select_for_update().get(pk=source.scheme_id)
    draft = SchemeVersion.objects.create(
        scheme=scheme,
        number=_next_number(scheme),
        valid_from=date.fromordinal(at.astimezone(SHANGHAI).date().toordinal() + 1),
        definition=source.definition,
        based_on=source.number,
        edited_by=actor,
        edited_at=at,
    )
    audit.record("tiering.draft", actor=actor, at=at, target=draft, detail={"version": source.number})
    return draft


@transaction.atomic
def save_draft(
    *,
    version: SchemeVersion,
    definition: Definition,
    valid_from: date,
    note: str,
    revision: int,
    actor: Staff,
    at: datetime,
) -> SchemeVersion:
    """Keep what was edited. A draft may be unsound meanwhile; it cannot be published then.

    Args:
        revision: of the draft that the actor began from.

    Raises:
        PermissionDenied: the actor may not edit rules.
        TieringError: the version is published, or waits for a decision.
        StaleDraftError: somebody else has saved meanwhile; it carries what they saved.
    """
    check_edit(actor)
    held = _editable(version)
    if held.revision != revision:
        raise StaleDraftError(held)
    before = held.rules
    held.definition = definition.model_dump(mode="json", exclude_defaults=True)
    held.valid_from, held.note, held.revision = valid_from, note, revision + 1
    held.edited_by, held.edited_at, held.returned_for = actor, at, ""
    held.save()
    audit.record(
        "tiering.edit", actor=actor, at=at, target=held, detail={"changes": len(differences(before, definition))}
    )
    return SchemeVersion.objects.select_related("scheme", "edited_by").get(pk=held.pk)


@transaction.atomic
def discard_draft(*, version: SchemeVersion, actor: Staff, at: datetime) -> None:
    """Throw a draft away; its dry runs stay until their time.

    Raises:
        PermissionDenied: the actor may not edit rules.
        TieringError: the version is published, or waits for a decision.
    """
    check_edit(actor)
    held = _editable(version)
    audit.record("tiering.discard", actor=actor, at=at, target=held, detail={"version": held.number})
    held.delete()


@transaction.atomic
def submit_draft(*, version: SchemeVersion, actor: Staff, reason: str, at: datetime) -> Request:
    """Ask a second person to publish a draft; until they have decided nobody edits it.

    Raises:
        PermissionDenied: the actor may not edit rules.
        TieringError: the draft is unsound, says nothing new, takes effect too early, or was last edited by another.
        ValidationError: nobody may decide.
    """
    check_edit(actor)
    held = _editable(version)
    _check_publishable(held, at)
    if held.edited_by_id != actor.pk:
        raise TieringError(
            _("{name} has edited the draft last and submits it; save it yourself to take it over.").format(
                name=held.edited_by.name if held.edited_by else "-"
            )
        )
    held.submitted_by, held.submitted_at, held.returned_for = actor, at, ""
    held.save(update_fields=["submitted_by", "submitted_at", "returned_for"])
    audit.record("tiering.submit", actor=actor, at=at, target=held, reason=reason, detail={"version": held.number})
    return approvals.ask(
        kind=PUBLISH,
        subject=held,
        title=_("Publish {scheme} v{number}, valid from {day}").format(
            scheme=held.scheme, number=held.number, day=held.valid_from
        ),
        branch=Branch.objects.filter(parent=None).earliest("path"),
        payload={"evidence": _evidence(held)},
        url=held.get_absolute_url(),
        actor=actor,
        reason=reason,
        at=at,
    )


@transaction.atomic
def publish(*, version: SchemeVersion, actor: Staff, at: datetime) -> SchemeVersion:
    """Let a submitted draft take effect, on its date or today where that has passed.

    Raises:
        TieringError: it was not submitted, is unsound, or the actor has edited it.
    """
    held = _locked(version)
    if not held.is_submitted:
        raise TieringError(_("{version} does not wait for publication.").format(version=held))
    if actor.pk in {held.edited_by_id, held.submitted_by_id}:
        raise TieringError(_("A second person publishes: you have edited {version} yourself.").format(version=held))
    if faults := problems(held.rules, SchemeKind(held.scheme.kind)):
        raise TieringError(" ".join(faults))
    held.valid_from = max(held.valid_from, at.astimezone(SHANGHAI).date())
    held.state, held.published_by, held.published_at = VersionState.PUBLISHED, actor, at
    held.save(update_fields=["valid_from", "state", "published_by", "published_at"])
    audit.record("tiering.publish", actor=actor, at=at, target=held, detail={"version": held.number})
    return held


@transaction.atomic
def reopen_draft(*, version: SchemeVersion, actor: Staff | None, reason: str, at: datetime) -> SchemeVersion:
    """Give a submitted draft back to its editors, with the reason why it was not published."""
    held = _locked(version)
    if held.is_submitted:
        held.submitted_by, held.submitted_at, held.returned_for = None, None, reason[:200]
        held.save(update_fields=["submitted_by", "submitted_at", "returned_for"])
        audit.record("tiering.return", actor=actor, at=at, target=held, reason=reason)
    return held


def _next_number(scheme: Scheme) -> int:
    highest: int = scheme.versions.aggregate(highest=Max("number"))["highest"] or 0
    return highest + 1


def _locked(version: SchemeVersion) -> SchemeVersion:
    """The version as it stands now, held against others; foreign keys are read after the lock."""
    found = SchemeVersion.objects.select_for_update().filter(pk=version.pk).first()
    if found is None:
        raise TieringError(_("The draft has been discarded meanwhile."))
    return found


def _editable(version: SchemeVersion) -> SchemeVersion:
    held = _locked(version)
    if not held.is_draft:
        raise TieringError(
            _(
                "{version} is published and never changes, for results name it as their reason. Make a new draft."
            ).format(version=held)
        )
    if held.is_submitted:
        raise TieringError(
            _("{version} waits for a decision; withdraw the request before you change it.").format(version=held)
        )
    return held


def _check_publishable(held: SchemeVersion, at: datetime) -> None:
    kind = SchemeKind(held.scheme.kind)
    if faults := problems(held.rules, kind) or without_data(held.rules, metrics_with_data(kind)):
        raise TieringError(" ".join(faults))
    today = at.astimezone(SHANGHAI).date()
    if held.valid_from < today:
        raise TieringError(
            _(
                "Valid from {day} lies in the past: results of that time name other rules. Choose {today} or later."
            ).format(day=held.valid_from, today=today)
        )
    last = latest_published(held.scheme)
    if last and held.valid_from <= last.valid_from:
        raise TieringError(
            _("{last} is valid from {day}; a newer version begins later.").format(last=last, day=last.valid_from)
        )
    if last and not differences(last.rules, held.rules):
        raise TieringError(_("The draft says the same as {last}.").format(last=last))


def _evidence(held: SchemeVersion) -> list[tuple[str, str]]:
    """What the second person reads: what differs from the version in force."""
    last = latest_published(held.scheme)
    if last is None:
        return [(_("what changes and why"), held.note)]
    found = differences(last.rules, held.rules)
    rows = [(part.where, f"{part.before or '—'} → {part.after or '—'}") for part in found[:_MOST_EVIDENCE]]
    return [(_("what changes and why"), held.note), (_("compared with"), str(last)), *rows]
