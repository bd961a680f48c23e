"""Taking out of requests what tells who somebody was, for people whose data are erased by law (PIPL 47)."""

from collections.abc import Sequence

import pgtrigger
from django.db import transaction
from django.db.models.expressions import RawSQL

from keheng.approvals.kinds import kind_of
from keheng.approvals.models import Request, Step
from keheng.audit import operations as audit


@transaction.atomic
def forget(*, kind: str, subject_ids: Sequence[int]) -> list[int]:
    """Take the words out of requests about these subjects, of their steps and their traces; return their keys.

    The one exception to "append-only" of steps. What was asked for is then told by the kind; who asked, who decided
    what and when stays, with amount, rank and what the asking module needs to carry the request out.
    """
    requests = Request.objects.filter(kind=kind, subject_id__in=subject_ids)
    keys = list(requests.order_by("pk").select_for_update().values_list("pk", flat=True))
    if not keys:
        return []
    Request.objects.filter(pk__in=keys).update(
        title=str(kind_of(kind).name)[:160],
        subject_label="",
        reason="",
        answer="",
        payload=RawSQL("payload - 'evidence'", []),
    )
    with pgtrigger.ignore(f"{Step._meta.label}:append_only"):
        Step.objects.filter(request__in=keys).update(reason="")
    audit.forget(Request._meta.label_lower, keys)
    return keys
