"""Suggestions of causes, learned from past complaints by one statement."""

from collections.abc import Sequence

from django.db import connection

from keheng.common.keys import key_ring
from keheng.complaints.models import Cause
from keheng.complaints.policies.learning import SMOOTHING, Likely, shares, terms

_TERM = "complaints.term"
_EVIDENCE = """
    with known as (
        select count.cause_id, count.complaints, count.terms,
               sum(count.complaints) over () as all_complaints, count(*) over () as causes
          from complaints_causecount count
          join complaints_cause cause on cause.id = count.cause_id and cause.is_active
    ), words as (
        select count(distinct term) as number from complaints_termcount
    )
    select known.cause_id,
           ln((known.complaints + 1.0) / (known.all_complaints + known.causes)),
           sum(ln((coalesce(seen.count, 0) + %(smoothing)s) / (known.terms + %(smoothing)s * words.number + 1)))
      from known cross join words cross join unnest(%(terms)s::bigint[]) as asked(term)
      left join complaints_termcount seen on seen.term = asked.term and seen.cause_id = known.cause_id
     group by known.cause_id, known.complaints, known.all_complaints, known.causes
"""


def keyed(text: str) -> list[int]:
    """The terms of a text as keyed numbers, as they are kept."""
    found = key_ring().blind_index_many(terms(text), _TERM)
    return [int.from_bytes(index[:8], signed=True) for index in found if index is not None]


def suggestions(text: str, *, most: int = 3) -> list[Likely[Cause]]:
    """The likeliest causes of what a text tells; none while nothing was learned, or the text has no words."""
    asked = keyed(text)
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_EVIDENCE, {"terms": asked, "smoothing": SMOOTHING})
        evidence = {key: (float(common), float(explains)) for key, common, explains in cursor.fetchall()}
    likely: Sequence[Likely[int]] = shares(evidence, len(asked))[:most]
    causes = Cause.objects.in_bulk([one.key for one in likely])
    return [Likely(causes[one.key], one.share) for one in likely]
