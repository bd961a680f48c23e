"""Evaluations: the last ones, how long one takes, whether it still lives."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from keheng.tiering.enums import RunState
from keheng.tiering.models import Run, Scheme

LOCK_FAMILY = 0x71E2
"""The advisory locks of evaluations; the second number is the scheme."""

_GRACE = timedelta(seconds=30)


def latest_run(scheme: Scheme) -> Run | None:
    """The last evaluation that set tiers: what the present standings come from."""
    done = Run.objects.filter(scheme=scheme, state=RunState.DONE, applied=True)
    return done.select_related("scheme", "version", "actor").order_by("-as_of", "-id").first()


def recent_runs(scheme: Scheme, *, limit: int = 6) -> list[Run]:
    """The newest evaluations in any state. That they ran is no secret; what they counted is scoped."""
    runs = Run.objects.filter(scheme=scheme).select_related("scheme", "version", "actor")
    return list(runs.order_by("-id")[:limit])


def usual_size(run: Run) -> tuple[int, float]:
    """Customers and seconds of the scheme's last evaluation: what a running one has before it; zeros at the first."""
    last = (
        Run.objects.filter(scheme=run.scheme_id, state=RunState.DONE, applied=True)
        .order_by("-id")
        .values_list("evaluated", "seconds")
        .first()
    )
    return (last[0], float(last[1] or 0)) if last else (0, 0.0)


def has_died(run: Run, at: datetime) -> bool:
    """Whether a run that is marked as running has lost its process: nobody holds the lock of its scheme."""
    if run.state != RunState.RUNNING or run.started_at is None or at - run.started_at < _GRACE:
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s, %s)", [LOCK_FAMILY, run.scheme_id])
        row = cursor.fetchone()
    return bool(row and row[0])
