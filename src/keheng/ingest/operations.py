"""Writes of data intake: batches are made, queued, loaded, stopped."""

import hashlib
import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pghistory
import psycopg.errors
from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django import app

from keheng.audit import context
from keheng.audit.enums import Outcome
from keheng.audit.operations import record
from keheng.common.events import publish
from keheng.ingest import permissions, policies, uploads
from keheng.ingest.enums import BatchState
from keheng.ingest.events import BatchLoaded
from keheng.ingest.faults import Fault, fault
from keheng.ingest.loading.feed import files_of
from keheng.ingest.loading.progress import beacon
from keheng.ingest.loading.rejects import RejectsFile
from keheng.ingest.loading.run import Load, Report
from keheng.ingest.loading.turns import TURN_IS_TAKEN, Wait
from keheng.ingest.models import Batch
from keheng.ingest.profiles import Profile, find_profile
from keheng.ingest.tasks import LOAD_TASK
from keheng.org.models import Branch, Staff
from keheng.runtime.home import home

logger = logging.getLogger(__name__)
_STATES = {"cancelled": BatchState.CANCELLED, "interrupted": BatchState.INTERRUPTED}
_COLLISIONS = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.LockNotAvailable,
)


def _in_silence() -> None:
    """How a load waits for its turn when nobody watches."""


def create(
    *,
    profile: str,
    path: Path,
    actor: Staff,
    at: datetime,
    branch: str = "",
    as_of: date | None = None,
    dry_run: bool = False,
    draft: bool = False,
) -> Batch:
    """Make the batch of one file.

    Args:
        profile: its code, or the path of a profile.
        branch: code of the branch of new customers whose row names none; empty: the profile's.
        as_of: date of the figures where the file names none.
        dry_run: do everything, then undo it.
        draft: a person looks at it before it is queued.

    Raises:
        Fault: the profile or the branch does not exist, or the file cannot be read.
        PermissionDenied: the actor may not load files.
    """
    permissions.check_run(actor)
    read = find_profile(profile)
    found = Branch.objects.filter(code=branch).first() if branch else None
    if branch and found is None:
        raise fault("unknown_branch", branch=branch)
    files = files_of(read, path)
    return Batch.objects.create(
        profile=read.code,
        profile_path=str(Path(profile).resolve()) if profile != read.code else "",
        file_name=path.name,
        path=str(path.resolve()),
        size=sum(file.stat().st_size for file in files),
        sha256=_fingerprint(files),
        state=BatchState.DRAFT if draft else BatchState.QUEUED,
        actor=actor,
        branch=found,
        as_of=as_of,
        dry_run=dry_run,
        created_at=at,
    )


def profile_of(batch: Batch) -> Profile:
    """The profile that the batch is loaded by."""
    return find_profile(batch.profile_path or batch.profile)


@transaction.atomic
def prepare(
    *, batch: Batch, actor: Staff, mapping: Mapping[str, str], branch: Branch | None, as_of: date | None, dry_run: bool
) -> Batch:
    """Set what a draft is loaded with: the columns a person chose, the branch, the date, whether it is a trial.

    Raises:
        Fault: it is no draft any more.
        PermissionDenied: the actor may not load files.
    """
    permissions.check_run(actor)
    if batch.state != BatchState.DRAFT:
        raise fault("moved", state=batch.get_state_display())
    batch.mapping, batch.branch, batch.as_of, batch.dry_run = dict(mapping), branch, as_of, dry_run
    batch.save(update_fields=["mapping", "branch", "as_of", "dry_run"])
    return batch


@transaction.atomic
def enqueue(*, batch: Batch, actor: Staff) -> Batch:
    """Hand a batch to the worker: a draft for the first time, one that failed or was stopped once more."""
    permissions.check_run(actor)
    _move(batch, BatchState.QUEUED)
    batch.cancel_requested = False
    batch.fault, batch.fault_details = "", {}
    batch.save(update_fields=["state", "cancel_requested", "fault", "fault_details"])
    app.configure_task(LOAD_TASK).defer(batch_id=batch.pk)
    return batch


@transaction.atomic
def cancel(*, batch: Batch, actor: Staff, at: datetime) -> Batch:
    """Stop a batch: at once while it waits, within a second while it runs. Nothing of it stays."""
    permissions.check_run(actor)
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state == BatchState.RUNNING:
        batch.cancel_requested = True
    elif policies.may_move(batch.state, BatchState.CANCELLED):
        if batch.state == BatchState.DRAFT:
            transaction.on_commit(partial(uploads.discard, batch.file))
        batch.state, batch.finished_at, batch.fault = BatchState.CANCELLED, at, "cancelled"
    batch.save(update_fields=["state", "cancel_requested", "finished_at", "fault"])
    record("ingest.cancel", actor=actor, at=at, target=batch)
    return batch


def load(
    *, batch: Batch, actor: Staff, now: Callable[[], datetime], wait: Wait = _in_silence, report: Report | None = None
) -> Batch:
    """Load a queued batch, all of it or nothing.

    Args:
        now: asked when the load begins and when it ends.
        wait: called twice a second while another load of the profile runs; ``None``: refuse instead of waiting.
        report: told how far it is; the batch itself tells everyone else.

    Raises:
        Fault: nothing was loaded; the batch says why.
        PermissionDenied: the actor may not load files.
    """
    permissions.check_run(actor)
    rejects = RejectsFile(home() / "ingest" / str(batch.pk) / "rejects.csv")
    try:
        with beacon(batch) as light, rejects, context.acting(actor.pk, actor.name), pghistory.context(batch=batch.pk):
            _load(batch, actor, Load(batch, profile_of(batch), light, rejects), now, wait=wait, report=report)
    except Exception as error:
        failure = _as_fault(error)
        _fail(batch, actor, failure, rejects.path, now())
        raise failure from (error if settings.DEBUG else None)
    except BaseException:  # Ctrl-C, or the program is told to end
        _fail(batch, actor, fault("interrupted"), rejects.path, now())
        raise
    batch.refresh_from_db()
    return batch


def hand_out_rejects(*, batch: Batch, actor: Staff, at: datetime) -> Path | None:
    """The file of rejected rows, for somebody to take away; ``None`` when there is none (any more)."""
    permissions.check_read_rejects(actor, batch)
    path = Path(batch.rejects_path) if batch.rejects_path else None
    if path is None or not path.is_file():
        return None
    record("ingest.rejects", actor=actor, at=at, target=batch)
    return path


def settle(*, at: datetime) -> int:
    """Mark the batches whose program has died as interrupted; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update ingest_batch set state = 'interrupted', fault = 'interrupted', finished_at = %s"
            f" where state = 'running' and not {TURN_IS_TAKEN}",
            [at],
        )
        return int(cursor.rowcount)


def _load(
    batch: Batch, actor: Staff, load: Load, now: Callable[[], datetime], *, wait: Wait, report: Report | None
) -> None:
    with transaction.atomic():
        load.run(now=now, wait=wait, report=report)
        finished = now()
        changes = {
            **vars(load.tally),
            "state": BatchState.DONE,
            "finished_at": finished,
            "reconciliation": [line.as_json() for line in load.lines],
            "rejects_path": load.rejects_path,
        }
        if batch.dry_run:
            transaction.set_rollback(True)
        else:
            Batch.objects.filter(pk=batch.pk).update(**changes)
            record("ingest.load", actor=actor, at=finished, target=batch, detail=vars(load.tally))
            publish(BatchLoaded(batch.pk))
    if batch.dry_run:
        Batch.objects.filter(pk=batch.pk).update(**changes)


def _as_fault(error: Exception) -> Fault:
    """What a failure means to a person. Texts of the database stay out: they quote rows."""
    if isinstance(error, Fault):
        return error
    cause = error.__cause__ or error
    if isinstance(cause, _COLLISIONS):
        return fault("conflict", problem=type(cause).__name__)
    logger.error("A load failed: %s", type(cause).__name__)
    return fault("unexpected", problem=type(cause).__name__)


def _fail(batch: Batch, actor: Staff, failure: Fault, rejects_path: str, at: datetime) -> None:
    with transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(
            state=_STATES.get(failure.code, BatchState.FAILED),
            fault=failure.code,
            fault_details=failure.details,
            finished_at=at,
            rejects_path=rejects_path,
        )
        record("ingest.load", actor=actor, at=at, target=batch, outcome=Outcome.REFUSED, detail={"fault": failure.code})


def _move(batch: Batch, to: BatchState) -> None:
    if not policies.may_move(batch.state, to):
        raise fault("moved", state=batch.get_state_display())
    batch.state = to


def _fingerprint(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        try:
            with file.open("rb") as content:
                digest.update(hashlib.file_digest(content, "sha256").digest())
        except OSError as error:
            raise fault("unreadable", file=file, problem=error.strerror) from error
    return digest.hexdigest()
