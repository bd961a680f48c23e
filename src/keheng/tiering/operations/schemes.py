"""Schemes themselves: a new one copied from another, and deleting one that nobody needs."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit import operations as audit
from keheng.common.clock import SHANGHAI
from keheng.org.models import Staff
from keheng.tiering.enums import VersionState
from keheng.tiering.errors import TieringError
from keheng.tiering.models import Run, Scheme, SchemeVersion, Standing
from keheng.tiering.permissions import check_edit


@transaction.atomic
def copy_scheme(*, source: SchemeVersion, code: str, name: str, actor: Staff, at: datetime) -> SchemeVersion:
    """Make a scheme of its own, with a draft that says what a version of another says.

    Raises:
        PermissionDenied: the actor may not edit rules.
        TieringError: the code is taken.
    """
    check_edit(actor)
    if Scheme.objects.filter(code=code).exists():
        raise TieringError(_("The code {code} is taken by another scheme.").format(code=code))
    scheme = Scheme.objects.create(code=code, name=name, kind=source.scheme.kind)
    draft = SchemeVersion.objects.create(
        scheme=scheme,
        number=1,
        valid_from=at.astimezone(SHANGHAI).date(),
        definition=source.definition,
        edited_by=actor,
        edited_at=at,
    )
    audit.record("tiering.draft", actor=actor, at=at, target=draft, detail={"version": str(source)})
    return draft


@transaction.atomic
def delete_scheme(*, scheme: Scheme, actor: Staff, at: datetime) -> None:
    """Delete a scheme that has never sorted anybody.

    Raises:
        PermissionDenied: the actor may not edit rules.
        TieringError: it is in use; the sentence says by what.
    """
    check_edit(actor)
    held = Scheme.objects.select_for_update().get(pk=scheme.pk)
    if held.is_primary:
        raise TieringError(
            _("{scheme} is the primary scheme: lists, privileges and reports show its tiers. It stays.").format(
                scheme=held
            )
        )
    standings = Standing.objects.filter(scheme=held).count()
    runs = Run.objects.filter(scheme=held).count()
    if standings or runs:
        raise TieringError(
            _("{scheme} is in use: {runs} evaluations rest on it and {customers} customers have a tier of it.").format(
                scheme=held, runs=runs, customers=standings
            )
        )
    if held.versions.filter(state=VersionState.DRAFT, submitted_at__isnull=False).exists():
        raise TieringError(_("A draft of {scheme} waits for a decision; withdraw it first.").format(scheme=held))
    audit.record("tiering.delete", actor=actor, at=at, target=held)
    held.delete()
